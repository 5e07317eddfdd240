// What happens while a program runs: its message goes in; its output goes into its log without passing here.
import type { LaunchedProcess, ProcessEnd } from '../worker/launcher.js';
import { adaptersOf } from './adapters-of.js';
import type { RunStage } from './run-stage.js';

/** Resolves when the program has ended and all that it wrote has been kept. */
export async function attend(stage: RunStage, process: LaunchedProcess): Promise<ProcessEnd> {
  adaptersOf(stage)
    .input.deliver(stage, process)
    .catch((error: Error) => {
      stage.outcome.decide('input_error', `the message could not be delivered: ${error.message}`);
      process.stop({});
    });
  return process.ended;
}
