// The shapes of bindings on the wire.
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, ValidateBy, ValidateIf } from 'class-validator';
import type { BindingEntity } from '../../bindings/binding.entity.js';
import type { StreamEnd } from '../../bindings/bindings.js';
import { busNames, isStreamEnd } from '../../bindings/streams.js';
import { shownJson } from '../../definitions/shown-json.js';
import { MetaObject } from '../../http/pages.js';
import { bindingUri, definitionUri } from '../../http/urls.js';
import type { Range } from '../../model/bounds.js';

/** May be left out; null is not the same as left out. */
const Optional = () => ValidateIf((_body, value) => value !== undefined);

const Checked = (name: string, validate: (value: unknown) => boolean, sentence: string) =>
  ValidateBy({ name, validator: { validate, defaultMessage: (given) => `${name} must be ${sentence}, got ${shownJson(given?.value)}` } });

const IsWhole = (name: string, { from, to }: Range) =>
  Checked(
    name,
    (value) => Number.isInteger(value) && (value as number) >= from && (value as number) <= to,
    `a whole number from ${from} to ${to}`,
  );

const quotedBuses = busNames.map((name) => `"${name}"`).join(' or ');
const endSentence = `{"bus": ${quotedBuses}, "stream": NAME} with a NAME of 1 to 100 letters, digits, dots, - and _`;
const IsInput = () => Checked('input', isStreamEnd, endSentence);
const IsOutput = () => Checked('output', (value) => value === null || isStreamEnd(value), `null or ${endSentence}`);
const IsReference = () =>
  Checked(
    'definition',
    (value) => (typeof value === 'string' && value !== '') || Number.isSafeInteger(value),
    'the id, resource_uri or name of a definition',
  );

class StreamEndBody {
  @ApiPropertyOptional({ enum: busNames, description: 'default: amqp where AMQP_URL is set, else memory' })
  bus?: StreamEnd['bus'];

  @ApiProperty({ example: 'in', description: '1 to 100 letters, digits, dots, - and _' })
  stream: string;
}

const reference = { oneOf: [{ type: 'string' }, { type: 'integer' }], description: 'id, resource_uri or name', example: 'upper' };

class BindingTermsBody {
  @ApiPropertyOptional({
    type: StreamEndBody,
    nullable: true,
    description: 'null: outputs go to the sender that asked for a reply, or nowhere',
  })
  @Optional()
  @IsOutput()
  output?: StreamEnd | null;

  @ApiPropertyOptional({ default: 1, minimum: 1, maximum: 1000, description: 'how many messages are processed at once' })
  @Optional()
  @IsWhole('concurrency', { from: 1, to: 1000 })
  concurrency?: number;

  @ApiPropertyOptional({
    default: 3,
    minimum: 1,
    maximum: 100,
    description: 'how many runs are tried before a message becomes a dead letter',
  })
  @Optional()
  @IsWhole('max_tries', { from: 1, to: 100 })
  max_tries?: number;

  @ApiPropertyOptional({ default: true })
  @Optional()
  @IsBoolean()
  enabled?: boolean;
}

export class BindingChangeBody extends BindingTermsBody {
  @ApiPropertyOptional(reference)
  @Optional()
  @IsReference()
  definition?: string | number;
}

export class NewBindingBody extends BindingTermsBody {
  @ApiProperty(reference)
  @IsReference()
  definition: string | number;

  @ApiProperty({ type: StreamEndBody })
  @IsInput()
  input: StreamEnd;
}

export class BindingStateBody {
  @ApiProperty({
    enum: ['disabled', 'connecting', 'listening'],
    description:
      'connecting: the bus is not available, or messages that were taken before a change are being finished; the binding reconnects by itself',
  })
  status: string;

  @ApiProperty({ description: 'messages that were taken and are not yet acknowledged' })
  in_flight: number;

  @ApiProperty({ description: 'messages that were processed successfully since the binding was created' })
  handled: number;

  @ApiProperty({ description: 'messages that became dead letters' })
  failed: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'what holds the binding up now, which messages were lost, or why the binding was disabled',
  })
  error: string | null;
}

export class BindingBody {
  @ApiProperty()
  id: number;

  @ApiProperty()
  resource_uri: string;

  @ApiProperty({ description: 'resource_uri of the definition' })
  definition: string;

  @ApiProperty({ type: StreamEndBody })
  input: StreamEnd;

  @ApiProperty({ type: StreamEndBody, nullable: true })
  output: StreamEnd | null;

  @ApiProperty()
  concurrency: number;

  @ApiProperty()
  max_tries: number;

  @ApiProperty()
  enabled: boolean;

  @ApiProperty({ type: BindingStateBody })
  state: BindingStateBody;

  @ApiProperty()
  created_at: string;

  @ApiProperty({ type: String, nullable: true, description: 'the name of the user on whose behalf the binding runs' })
  owner: string | null;
}

export class BindingList {
  @ApiProperty({ type: MetaObject })
  meta: MetaObject;

  @ApiProperty({ type: [BindingBody] })
  objects: BindingBody[];
}

export function bindingBody(row: BindingEntity, { state, owner }: { state: BindingStateBody; owner: string | null }): BindingBody {
  const { outputBus, outputStream } = row;
  return {
    id: row.id,
    resource_uri: bindingUri(row.id),
    definition: definitionUri(row.definitionId),
    input: { bus: row.inputBus, stream: row.inputStream },
    output: outputBus && outputStream ? { bus: outputBus, stream: outputStream } : null,
    concurrency: row.concurrency,
    max_tries: row.maxTries,
    enabled: Boolean(row.enabled),
    state,
    created_at: new Date(row.createdAtMs).toISOString(),
    owner,
  };
}
