// The result of a run: one shape for success, failure and a program that never started. The first reason wins.
import type { EndReason } from './states.js';

/** Where the output is: a view of the log, or a file in the control directory. */
export interface CollectedOutput {
  source: 'stdout' | 'stderr' | 'file';
  bytes: number;
  /** The content type of the definition, if it names one. */
  contentType?: string;
  /** The name of the file, for its extension. */
  name?: string;
  /** True when every byte is UTF-8 text without NUL; known for streams only. */
  isText?: boolean;
  /** The digest in hex, if the bytes have passed through the server. */
  sha256?: string;
  /** A further remark about the output. */
  note?: string;
}

/** The size of a kept file, and its SHA-256 in hex. */
export type KeptFile = Required<Pick<CollectedOutput, 'bytes' | 'sha256'>>;

export interface RunResult {
  endReason: EndReason;
  exitCode: number | null;
  signal: string | null;
  success: boolean;
  /** One sentence for people; null on success. */
  error: string | null;
  startedAtMs: number | null;
  finishedAtMs: number;
  output: CollectedOutput | null;
  usage: { cpuMs: number; maxRssBytes: number } | null;
  /** The whole framed log while it is small; null: it is in the control directory, or there is none. */
  log: Buffer | null;
}
