// What an interface asks for: one run of a definition, with everything that came with the request.
import type { Readable } from 'node:stream';
import type { EntityManager } from 'typeorm';
import type { ProcessDefinition } from '../model/definition.js';
import type { IsolationLevel } from '../model/isolation-levels.js';
import type { FileHint, Interaction, MessageSource, UploadedFile } from '../model/run-order.js';
import type { TraceContext } from '../model/trace-context.js';
import type { RunEntity } from './run.entity.js';

export interface RunRequest {
  /** Created by the interface, since what it spooled lies under this id. */
  runId: string;
  /** Null: a command that no definition stores. */
  definition: { id: number; revision: number } | null;
  /** What is to run. */
  content: ProcessDefinition;
  /** As the caller gave them; checked and completed against the declaration. */
  parameters: Record<string, unknown>;
  message: MessageSource;
  /** The message when its source is `live`. */
  live: Readable | null;
  /** It is typed to, and so has no message. */
  interactive?: Interaction;
  /** What the program leaves in its work directory goes with its end. */
  dropFiles?: boolean;
  uploads: UploadedFile[];
  inputFile: FileHint;
  outputFile: FileHint;
  /** The caller waits for the answer: the default timeout holds. */
  synchronous: boolean;
  /** May only shorten the definition's timeout. */
  timeoutMs?: number;
  priority?: number;
  /** At least, where it is possible; else as every run here. */
  isolation?: IsolationLevel;
  /** In a sandbox too: its program serves a port. */
  hostNetwork?: true;
  /** False: it is only created, and started by a further request. */
  start?: boolean;
  /** The caller's trace. */
  trace?: TraceContext;
  idempotency?: { key: string; fingerprint: string };
  /** Asked in the transaction that accepts the run: the id of the run to be taken in its place, or null once it is claimed. */
  claim?: (manager: EntityManager) => Promise<string | null>;
  /** Columns of the record that follow from nothing else in the request: the name of a job, what caused the run. */
  record?: Partial<RunEntity>;
}

/** The parts of a request that brings nothing but its program. */
export function emptyRequest(): Pick<RunRequest, 'parameters' | 'message' | 'live' | 'uploads' | 'inputFile' | 'outputFile'> {
  return { parameters: {}, message: { kind: 'none' }, live: null, uploads: [], inputFile: {}, outputFile: {} };
}

/** A message that a binding took from a stream: what the column `trigger` holds as JSON. */
export interface RunTrigger {
  binding: number;
  message_id: string | null;
  /** The bus may have delivered it before; RabbitMQ says so of all that waited while it was down. */
  redelivered: boolean;
}
