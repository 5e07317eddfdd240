// The request of an interface for one run of a definition, with everything that came with it.
import type { Readable } from 'node:stream';
import type { EntityManager } from 'typeorm';
import type { ProcessDefinition } from '../model/definition.js';
import type { IsolationLevel } from '../model/isolation-levels.js';
import type { KeyedRequest } from '../model/keyed-request.js';
import type { FileHint, Interaction, MessageSource, RunOrder, UploadedFile } from '../model/run-order.js';
import type { TraceContext } from '../model/trace-context.js';
import type { RunEntity } from './run.entity.js';

export interface RunRequest {
  /** Created by the interface, since the files that it spooled lie under this id. */
  runId: string;
  /** Null: an ad hoc command. `ownerId`: its author, who sees the record of the run. */
  definition: { id: number; revision: number; ownerId?: number } | null;
  /** What is to run. */
  content: ProcessDefinition;
  /** Set when `content` is a definition that is not stored yet; `definition` is null then. */
  trial?: RunOrder['trial'];
  /** The parameters as the caller gave them; they are checked and completed with the declaration. */
  parameters: Record<string, unknown>;
  message: MessageSource;
  /** The message when its source is `live`. */
  live: Readable | null;
  /** How long the live message is, if its sender has said so. */
  liveBytes?: number;
  /** Set for an interactive run, which has no message. */
  interactive?: Interaction;
  /** The files that the program leaves in its work directory are removed at its end. */
  dropFiles?: boolean;
  uploads: UploadedFile[];
  inputFile: FileHint;
  outputFile: FileHint;
  /** The caller waits for the response, so that the default timeout applies. */
  synchronous: boolean;
  /** May only shorten the definition's timeout. */
  timeoutMs?: number;
  priority?: number;
  /** The least isolation, where that is possible; left out: as for every run here. */
  isolation?: IsolationLevel;
  /** Set for a program that serves a port: it has the network of the machine even in a sandbox. */
  hostNetwork?: true;
  /** False: the run is only created, and started by a later request. */
  start?: boolean;
  /** The caller's trace. */
  trace?: TraceContext;
  /** The same request gives the same run. */
  idempotency?: KeyedRequest;
  /** Called in the transaction that accepts the run: returns the id of the run to be used instead, or null once this run has the claim. */
  claim?: (manager: EntityManager) => Promise<string | null>;
  /** Columns of the record that nothing else in the request determines, such as the name of a job or the cause of the run. */
  record?: Partial<RunEntity>;
}

/** The parts of a request that has only a program. */
export function emptyRequest(): Pick<RunRequest, 'parameters' | 'message' | 'live' | 'uploads' | 'inputFile' | 'outputFile'> {
  return { parameters: {}, message: { kind: 'none' }, live: null, uploads: [], inputFile: {}, outputFile: {} };
}

/** A message that a binding took from a stream: what the column `trigger` holds as JSON. */
export interface RunTrigger {
  binding: number;
  message_id: string | null;
  /** True when the bus may have delivered the message before; RabbitMQ reports this for all messages that waited while it was down. */
  redelivered: boolean;
}
