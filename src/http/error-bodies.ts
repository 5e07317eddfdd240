// The shapes of an error response, for the OpenAPI.
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** The errors of the registry's list, detail, set and schema. */
export class RegistryErrorBody {
  @ApiProperty({ description: 'one sentence for people' })
  error: string;

  @ApiPropertyOptional({ description: 'the code of docs/errors.md' })
  code?: string;

  @ApiPropertyOptional({ type: 'array', items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } } })
  faults?: { path: string; message: string }[];

  @ApiPropertyOptional({ description: 'how many more faults there are that are not listed' })
  more_faults?: number;

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'object' },
    description: 'of selftest_failed: what each example has become, as selftest/ says it',
  })
  examples?: object[];

  @ApiPropertyOptional({ description: 'of invalid_json: where' })
  line?: number;

  @ApiPropertyOptional({ description: 'of invalid_json: where' })
  column?: number;
}

/** The errors of the routes of glot. */
export class GlotErrorBody {
  @ApiProperty({ description: 'the code' })
  error: string;

  @ApiProperty({ description: 'one sentence for people' })
  message: string;
}

/** RFC 9457, with `error` for clients of tastypie. */
export class ProblemBody {
  @ApiProperty({ example: 'about:blank' })
  type: string;

  @ApiProperty({ description: 'what the code means' })
  title: string;

  @ApiProperty()
  status: number;

  @ApiProperty({ description: 'one sentence for people' })
  detail: string;

  @ApiProperty({ description: 'the code of docs/errors.md' })
  code: string;

  @ApiProperty({ description: 'the same sentence as detail' })
  error: string;

  @ApiPropertyOptional({ description: 'only for errors of the server: the id under which its log has the details' })
  request_id?: string;

  @ApiPropertyOptional({ description: 'only for a failed run: its resource_uri' })
  run?: string;

  @ApiPropertyOptional({ type: Number, nullable: true })
  exit_code?: number | null;

  @ApiPropertyOptional({ type: String, nullable: true })
  signal?: string | null;

  @ApiPropertyOptional({ description: 'the end of it, at most 4 KiB' })
  stderr?: string;

  @ApiPropertyOptional({ description: 'the start of it, at most 4 KiB' })
  stdout?: string;

  @ApiPropertyOptional({ description: 'only for a failed run: what may be its cause, such as a message that was not sent' })
  hint?: string;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'where the output can be read, if there is one' })
  output?: string | null;
}
