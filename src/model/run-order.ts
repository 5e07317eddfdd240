// The order: everything that an executor, here or on another machine, needs to run a definition once. Plain JSON.
import type { ProcessDefinition } from './definition.js';
import type { IsolationLevel } from './isolation-levels.js';

/** The largest message that travels in the order itself. */
export const inlineMessageBytes = 32 * 1024;

/** The value of `outputLimitBytes` for no limit: no program writes this much. */
export const unlimitedBytes = Number.MAX_SAFE_INTEGER;

/** Where the message is: `inline` in base64; `live` comes as a stream next to the order; `file` lies in the run's control directory. */
export type MessageSource = { kind: 'none' } | { kind: 'inline'; base64: string } | { kind: 'live' } | MessageFile;

/** `bytes`: its size when it was stored, for runs that may keep it; a program that has it as its stdin may have changed it since. */
interface MessageFile {
  kind: 'file';
  path: string;
  bytes?: number;
}

/** A file that came with the request: the value of a parameter, or one for the work directory. */
export interface UploadedFile {
  path: string;
  name: string;
  parameter?: string;
  /** A folder, which may be empty. */
  folder?: boolean;
}

/** The name that the caller wants for the program's file, or an extension to fall back on (without its dot). */
export interface FileHint {
  name?: string;
  extension?: string;
}

/** The program is interactive: at a terminal of this size, or through a stdin that stays open. */
export interface Interaction {
  terminal: { rows: number; columns: number } | null;
  /** The run continues when the last attached client has gone. */
  stays?: boolean;
}

export interface RunOrder {
  runId: string;
  /** The id of the owner of the run: resources that runs hand on, such as an empty folder, only go to runs of the same owner. */
  ownerId: number;
  /** Null: an ad hoc command, whose arguments are plain strings. */
  definitionId: number | null;
  definition: ProcessDefinition;
  /** Set for a definition that is not stored: its examples are run before it is saved. `replaces`: the id of the one that it would change. */
  trial?: { replaces: number | null };
  parameters: Record<string, unknown>;
  message: MessageSource;
  /** Set for an interactive run, which has no message. */
  interactive?: Interaction;
  uploads: UploadedFile[];
  inputFile: FileHint;
  outputFile: FileHint;
  /** W3C Trace Context: TRACEPARENT of the program. */
  traceparent: string;
  lane: string;
  priority: number;
  /** Milliseconds; 0 means none. */
  timeoutMs: number;
  outputLimitBytes: number;
  /** The wanted isolation, where that is possible; null: the usual isolation of the server. The record says what was applied. */
  isolation: IsolationLevel | null;
  /** The run has the network of the machine even in a sandbox. */
  hostNetwork: boolean;
  /** The files that the program leaves in its work directory are removed at its end. */
  dropFiles?: boolean;
}
