// The shapes of sessions on the wire.
import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { UserBody } from './account-bodies.js';

export class SignInBody {
  @ApiProperty({ example: 'alice' })
  @IsString()
  @MaxLength(300)
  username: string;

  @ApiProperty()
  @IsString()
  @MaxLength(1024)
  password: string;
}

export class SessionBody {
  @ApiProperty({ type: UserBody })
  user: UserBody;

  @ApiProperty({ description: 'when the session ends unless it is used' })
  expires_at: string;
}

export class NewSessionBody extends SessionBody {
  @ApiProperty({ description: 'to be sent as X-Session-Key; shown only this once' })
  key: string;
}
