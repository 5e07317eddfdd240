// What an output adapter must do to get the message out of a program.
import type { CollectedOutput } from '../../model/run-result.js';
import type { LaunchedProcess } from '../../worker/launcher.js';
import type { RunContext } from '../run/run-context.js';

export interface OutputAdapter {
  /** The output passes through the server while the program runs: the output is cut off when the server ends before `receive`. */
  passing?: true;
  /** Called before the start: creates directories and adds placeholder values. */
  prepare(context: RunContext): Promise<void>;
  /** Called after the program's end, whatever that was. Throws output_error when there is nothing to collect. */
  collect(context: RunContext): Promise<CollectedOutput | null>;
  /** Called while the program of a single run is running: keeps output that must be read then in the control directory, where `collect` finds it. */
  receive?(context: RunContext, process: LaunchedProcess): Promise<void>;
  /**
   * Only for an adapter that services can use: what comes out, frame by frame, from `position` on (0: the beginning), until the program
   * has ended.
   */
  frames?(context: RunContext, process: LaunchedProcess, position: number): AsyncIterable<OutputFrame>;
}

/** One message that came out of a service. */
export interface OutputFrame {
  bytes: Buffer;
  /** Where the next message begins, in bytes of what the adapter reads; 0 where the source cannot be read again. */
  position: number;
}
