// What an output adapter must do to get the message out of a program.
import type { CollectedOutput } from '../../model/run-result.js';
import type { LaunchedProcess } from '../../worker/launcher.js';
import type { RunContext } from '../run/run-context.js';

export interface OutputAdapter {
  /** The output passes through the server while the program runs: it is cut off when the server ends before `receive` does. */
  passing?: true;
  /** Before the start: makes directories and adds placeholder values. */
  prepare(context: RunContext): Promise<void>;
  /** After the end, whatever it was. Throws output_error when there is nothing to collect. */
  collect(context: RunContext): Promise<CollectedOutput | null>;
  /** Beside a single run, for what must be taken while the program runs: kept in the control directory, where `collect` finds it. */
  receive?(context: RunContext, process: LaunchedProcess): Promise<void>;
  /**
   * Only of an adapter that services can use: what comes out, frame by frame, from `position` on (0: the beginning), until the program
   * has ended.
   */
  frames?(context: RunContext, process: LaunchedProcess, position: number): AsyncIterable<OutputFrame>;
}

/** One message that came out of a service. */
export interface OutputFrame {
  bytes: Buffer;
  /** Where the next one begins, in bytes of what the adapter reads; 0 where it cannot be read again. */
  position: number;
}
