// The shapes of users and tokens on the wire.
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsString, Length, ValidateBy, ValidateIf } from 'class-validator';
import type { TokenEntity } from '../../accounts/token.entity.js';
import type { NewToken } from '../../accounts/tokens.js';
import type { UserEntity } from '../../accounts/user.entity.js';
import { type Role, roles } from '../../model/roles.js';

/** May be left out; null is not the same as left out. */
const Optional = () => ValidateIf((_body, value) => value !== undefined);

const IsTime = () =>
  ValidateBy({
    name: 'isTime',
    validator: {
      validate: (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(Date.parse(value)),
      defaultMessage: () => 'expires_at must be a time such as 2027-01-31T12:00:00Z',
    },
  });

/** Which names and passwords are allowed is decided where users are created: accounts/login-rules.ts. */
const username = { description: '1 to 150 characters without a colon or control characters; not . or ..', example: 'alice' };
const password = { description: 'at least MIN_PASSWORD_LENGTH characters, at most 1024 bytes, no control characters' };

export class NewUserBody {
  @ApiProperty(username)
  @IsString()
  username: string;

  @ApiProperty(password)
  @IsString()
  password: string;

  @ApiProperty({ enum: roles })
  @IsIn(roles)
  role: Role;

  @ApiPropertyOptional()
  @Optional()
  @IsBoolean()
  disabled?: boolean;
}

export class UserChangeBody {
  @ApiPropertyOptional(username)
  @Optional()
  @IsString()
  username?: string;

  @ApiPropertyOptional(password)
  @Optional()
  @IsString()
  password?: string;

  @ApiPropertyOptional({ enum: roles })
  @Optional()
  @IsIn(roles)
  role?: Role;

  @ApiPropertyOptional()
  @Optional()
  @IsBoolean()
  disabled?: boolean;

  @ApiPropertyOptional({ description: 'only with "disabled": true; also stops the runs of the user that are running' })
  @Optional()
  @IsBoolean()
  stop?: boolean;
}

export class OwnPasswordBody {
  @ApiProperty(password)
  @IsString()
  password: string;
}

export class NewTokenBody {
  @ApiProperty()
  @IsString()
  @Length(1, 150)
  name: string;

  @ApiPropertyOptional({ description: 'a time such as 2027-01-31T12:00:00Z' })
  @Optional()
  @IsTime()
  expires_at?: string;

  @ApiPropertyOptional({
    enum: roles,
    isArray: true,
    description: 'the token may do what the highest of these roles may, and never more than its user',
  })
  @Optional()
  @IsArray()
  @IsIn(roles, { each: true })
  scopes?: Role[];

  @ApiPropertyOptional({
    type: [String],
    description: 'names and tags of tools: the token may only call these, at /mcp, and nothing else',
    example: ['resize', 'reports'],
  })
  @Optional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @Length(1, 300, { each: true })
  tools?: string[];
}

export class UserBody {
  @ApiProperty()
  id: number;

  @ApiProperty()
  username: string;

  @ApiProperty({ enum: roles })
  role: Role;

  @ApiProperty()
  disabled: boolean;

  @ApiProperty()
  created_at: string;

  @ApiProperty()
  resource_uri: string;
}

export class TokenBody {
  @ApiProperty()
  id: number;

  @ApiProperty()
  name: string;

  @ApiPropertyOptional({ description: 'shown only once, when the token is created' })
  token?: string;
}

export function userBody(user: UserEntity, base: string): UserBody {
  return {
    id: Number(user.id),
    username: user.username,
    role: user.role,
    disabled: Boolean(user.disabled),
    created_at: new Date(user.createdAtMs).toISOString(),
    resource_uri: `${base}/api/user/${user.id}/`,
  };
}

/** A token as lists show it, without its secret text. */
export interface ListedToken {
  id: number;
  name: string;
  scopes: Role[] | null;
  tools: string[] | null;
  expires_at: string | null;
  created_at: string;
}

export function listedToken({ id, name, scopes, tools, expiresAtMs, createdAtMs }: TokenEntity): ListedToken {
  return {
    id: Number(id),
    name,
    scopes: scopes && JSON.parse(scopes),
    tools: tools && JSON.parse(tools),
    expires_at: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
    created_at: new Date(createdAtMs).toISOString(),
  };
}

export function newTokenOf({ name, expires_at, scopes, tools }: NewTokenBody): NewToken {
  return { name, scopes: scopes ?? null, tools: tools ?? null, expiresAtMs: expires_at === undefined ? null : Date.parse(expires_at) };
}
