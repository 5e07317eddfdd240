// The shape of a run on the wire, and how it is built from the record.
import { ApiProperty } from '@nestjs/swagger';
import { MetaObject } from '../http/pages.js';
import { definitionUri, outputUri, runUri } from '../http/urls.js';
import { isoTime } from '../model/file-times.js';
import { endReasons, runStates } from '../model/states.js';
import type { RunEntity } from '../runs/run.entity.js';
import type { RunTrigger } from '../runs/run-request.js';

const maybe = { nullable: true };

export class RunOutputBody {
  @ApiProperty({ example: '/api/run/0192.../output/' })
  uri: string;

  @ApiProperty({ example: 'text/plain; charset=utf-8' })
  content_type: string;

  @ApiProperty()
  bytes: number;

  @ApiProperty({ type: String, ...maybe, description: 'in hex; null: it is being computed' })
  sha256: string | null;

  @ApiProperty({ type: String, ...maybe, description: 'a remark about the output, such as percent-encoded names' })
  note: string | null;
}

export class RunUsageBody {
  @ApiProperty({ type: Number, ...maybe })
  cpu_ms: number | null;

  @ApiProperty({ type: Number, ...maybe })
  max_rss_bytes: number | null;
}

class RunTriggerBody implements Partial<RunTrigger> {
  @ApiProperty({
    enum: ['http', 'command', 'binding', 'selftest'],
    description: 'a request with a definition, a request with a command, a message, or an example of a definition',
  })
  type: 'http' | 'command' | 'binding' | 'selftest';

  @ApiProperty({ required: false, description: 'of a message: the number of the binding' })
  binding?: number;

  @ApiProperty({ type: String, required: false, ...maybe, description: 'of a message: its id' })
  message_id?: string | null;

  @ApiProperty({ required: false, description: 'of a message: whether the bus may have delivered it before' })
  redelivered?: boolean;
}

export class RunBody {
  @ApiProperty({ description: 'UUIDv7' })
  id: string;

  @ApiProperty()
  resource_uri: string;

  @ApiProperty({ type: String, ...maybe, description: 'resource_uri of the definition' })
  definition: string | null;

  @ApiProperty({ type: String, ...maybe, description: 'the name of the definition when the run was accepted' })
  definition_name: string | null;

  @ApiProperty({ type: Number, ...maybe })
  revision: number | null;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'the parameters that the caller gave, secrets as ***' })
  parameters: Record<string, unknown>;

  @ApiProperty()
  exec: string;

  @ApiProperty({ type: [String], description: 'parameters filled in, secrets as ***' })
  argv: string[];

  @ApiProperty({ enum: runStates })
  state: string;

  @ApiProperty({ enum: endReasons, ...maybe })
  end_reason: string | null;

  @ApiProperty({ type: Number, ...maybe })
  exit_code: number | null;

  @ApiProperty({ type: String, ...maybe, example: 'SIGKILL' })
  signal: string | null;

  @ApiProperty({ type: Boolean, ...maybe })
  success: boolean | null;

  @ApiProperty({ type: String, ...maybe })
  error: string | null;

  @ApiProperty()
  attempt: number;

  @ApiProperty()
  lane: string;

  @ApiProperty()
  priority: number;

  @ApiProperty({ type: Number, ...maybe })
  pid: number | null;

  @ApiProperty({ type: String, ...maybe, description: 'the isolation that was applied' })
  isolation: string | null;

  @ApiProperty()
  created_at: string;

  @ApiProperty({ type: String, ...maybe })
  started_at: string | null;

  @ApiProperty({ type: String, ...maybe })
  finished_at: string | null;

  @ApiProperty({ type: Number, ...maybe })
  queued_ms: number | null;

  @ApiProperty({ type: Number, ...maybe })
  duration_ms: number | null;

  @ApiProperty({ type: RunUsageBody })
  usage: RunUsageBody;

  @ApiProperty({ type: RunOutputBody, ...maybe })
  output: RunOutputBody | null;

  @ApiProperty({ type: RunTriggerBody, description: 'what started the run' })
  trigger: RunTriggerBody;

  @ApiProperty({ type: String, ...maybe, description: 'the id of the run that this run repeats' })
  rerun_of: string | null;

  @ApiProperty({
    type: Number,
    ...maybe,
    description: 'the size of the message and the files that are kept for a repetition; 0: there were none; null: they are not kept',
  })
  input_bytes: number | null;

  @ApiProperty({ required: false, description: 'only for a service that has not ended: whether it takes messages' })
  ready?: boolean;

  @ApiProperty({ required: false, description: 'only while a service waits for its restart; error says why' })
  next_start_at?: string;

  @ApiProperty({ type: String, ...maybe, description: 'the name of the user who started the run; null when that user was removed' })
  owner: string | null;
}

export class RunList {
  @ApiProperty({ type: MetaObject })
  meta: MetaObject;

  @ApiProperty({ type: [RunBody] })
  objects: RunBody[];
}

export function runBody(row: RunEntity, owner: string | null): RunBody {
  return {
    id: row.id,
    resource_uri: runUri(row.id),
    definition: row.definitionId === null ? null : definitionUri(Number(row.definitionId)),
    definition_name: row.definitionName,
    revision: row.revision,
    parameters: row.parameters === null ? {} : (readable(row.parameters) ?? {}),
    exec: row.exec,
    argv: readable<string[]>(row.argv) ?? [],
    state: row.state,
    end_reason: row.endReason,
    exit_code: row.exitCode,
    signal: row.signal,
    success: row.success === null ? null : Boolean(row.success),
    error: row.error,
    attempt: row.attempt,
    lane: row.lane,
    priority: row.priority,
    pid: row.pid,
    isolation: row.isolation,
    created_at: isoTime(row.createdAtMs),
    started_at: timeOrNull(row.startedAtMs),
    finished_at: timeOrNull(row.finishedAtMs),
    queued_ms: row.startedAtMs === null ? null : Math.max(0, row.startedAtMs - row.createdAtMs),
    duration_ms: row.startedAtMs === null || row.finishedAtMs === null ? null : row.finishedAtMs - row.startedAtMs,
    usage: { cpu_ms: row.cpuMs, max_rss_bytes: row.maxRssBytes },
    output: outputBody(row),
    trigger: triggerBody(row),
    rerun_of: row.rerunOf,
    input_bytes: row.inputBytes,
    owner,
    ...(row.state !== 'finished' && row.ready !== undefined && { ready: row.ready }),
    ...(row.state === 'queued' && row.nextStartAtMs !== undefined && { next_start_at: isoTime(row.nextStartAtMs) }),
  };
}

function triggerBody({ trigger, definitionId }: RunEntity): RunTriggerBody {
  if (trigger === null) return { type: definitionId === null ? 'command' : 'http' };
  return { type: 'binding', ...readable<RunTrigger>(trigger) };
}

function outputBody(row: RunEntity): RunOutputBody | null {
  if (row.outputSource === null) return null;
  return {
    uri: outputUri(row.id),
    content_type: row.outputType ?? 'application/octet-stream',
    bytes: row.outputBytes ?? 0,
    sha256: row.outputSha256,
    note: row.outputNote,
  };
}

/** A record that cannot be read must not hide the others in a list. */
function readable<Value>(text: string): Value | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function timeOrNull(timeMs: number | null): string | null {
  return timeMs === null ? null : isoTime(timeMs);
}
