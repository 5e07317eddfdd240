// What an output adapter must do to get the message out of a program.
import type { CollectedOutput } from '../../protocol/run-result.js';
import type { RunStage } from '../run-stage.js';

export interface OutputAdapter {
  /** Before the start: makes directories and adds placeholder values. */
  prepare(stage: RunStage): Promise<void>;
  /** After the end, whatever it was. Throws output_error when there is nothing to collect. */
  collect(stage: RunStage): Promise<CollectedOutput | null>;
}
