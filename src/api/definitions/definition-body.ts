// The shapes of the registry on the wire, for the OpenAPI.
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MetaObject } from '../../http/pages.js';
import { definitionSchema } from '../../model/definition-schema.js';
import type { ErrorCode } from '../../model/error-codes.js';
import { SelfTestBody } from '../../run-http/example-result.js';

const documented = JSON.parse(JSON.stringify(definitionSchema, (key, value) => (key === 'propertyNames' ? undefined : value)));

export class DefinitionBody {
  @ApiProperty({ ...documented, example: { exec: '/usr/bin/tr', argv: ['-d', 'x'] } })
  definition: object;

  @ApiPropertyOptional({ description: 'chooses the id; answered with 409 when it is taken' })
  id?: number;
}

/** What the author may have meant otherwise. */
export class DefinitionWarning {
  @ApiProperty({ example: 'timout' })
  path: string;

  @ApiProperty({ example: 'unknown key `timout`; did you mean `timeout`?' })
  message: string;
}

export class ValidatedBody {
  @ApiProperty()
  valid: boolean;

  @ApiProperty({ type: [DefinitionWarning] })
  warnings: DefinitionWarning[];
}

export class DefinitionObject {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'the definition as it was sent',
    example: { exec: '/usr/bin/tr', argv: ['-d', 'x'] },
  })
  definition: object;

  @ApiProperty({ example: 1 })
  id: number;

  @ApiProperty({ example: '/api/process_definition/1/' })
  resource_uri: string;

  @ApiPropertyOptional({ type: [DefinitionWarning], description: 'after a write with `Prefer: return=representation`, if there are any' })
  warnings?: DefinitionWarning[];

  @ApiPropertyOptional({ type: SelfTestBody, description: 'after a write with `-selftest=1` and `Prefer: return=representation`' })
  selftest?: SelfTestBody;
}

export class DefinitionList {
  @ApiProperty({ type: MetaObject })
  meta: MetaObject;

  @ApiProperty({ type: [DefinitionObject] })
  objects: DefinitionObject[];
}

export class DefinitionListBody {
  @ApiProperty({ type: [DefinitionBody] })
  objects: DefinitionBody[];
}

export class DefinitionPatchBody extends DefinitionListBody {
  @ApiPropertyOptional({ type: [String], description: 'resource_uris of definitions to delete' })
  deleted_objects?: string[];
}

/** The header of writes without the data. */
export const warned = {
  Warning: '299 - "unknown key `timout`; did you mean `timeout`?", one for each remark; with the data, they are in `warnings`',
};

/** The errors with which a body that carries definitions may be refused. */
export const bodyErrors: ErrorCode[] = [
  'too_many_checks',
  'invalid_json',
  'invalid_definition',
  'invalid_request',
  'name_taken',
  'body_too_large',
  'unsupported_media_type',
  'disk_full',
];
