// What happens while a service runs: messages go in once it is ready, and what comes out is kept, message by message.
import { CodedError } from '../../protocol/coded-error.js';
import type { RunTask } from '../../protocol/run-task.js';
import type { LaunchedProcess, ProcessEnd } from '../../worker/launcher.js';
import { adaptersOf } from '../adapters-of.js';
import type { RunStage } from '../run-stage.js';
import type { Inlet } from './inlet.js';
import { MessageKeeper } from './message-keeper.js';
import { becomesReady } from './readiness.js';

export interface Serving {
  task: RunTask;
  inlet: Inlet;
}

/** Resolves when the program has ended and all that came out of it is kept. */
export async function serve(stage: RunStage, process: LaunchedProcess, serving: Serving): Promise<ProcessEnd> {
  const fail = (error: Error) => {
    stage.outcome.decide(...failureOf(error));
    process.stop({});
  };
  const collected = collect(stage, process, serving.task).catch(fail);
  void takeMessages(stage, process, serving).catch(fail);
  const end = await process.ended;
  serving.inlet.close();
  await collected;
  return end;
}

async function takeMessages(stage: RunStage, process: LaunchedProcess, { task, inlet }: Serving): Promise<void> {
  if (!(await becomesReady(stage, process))) return;
  const { input } = adaptersOf(stage);
  inlet.open(input.open ? await input.open(stage, process) : null);
  await task.emit({ type: 'ready' });
}

async function collect(stage: RunStage, process: LaunchedProcess, { attempt, emit }: RunTask): Promise<void> {
  const { output } = adaptersOf(stage);
  if (!output.frames) return;
  const keeper = await MessageKeeper.open(stage.control.messages);
  try {
    for await (const { bytes, position } of output.frames(stage, process, keeper.positionIn(attempt))) {
      await keeper.keep({ bytes, position, attempt });
      await emit({ type: 'messages' });
    }
  } finally {
    await keeper.close();
  }
}

function failureOf(error: Error): ['timeout' | 'input_error' | 'output_error', string] {
  const code = error instanceof CodedError ? error.code : undefined;
  if (code === 'timeout' || code === 'input_error') return [code, error.message];
  return ['output_error', `what came out of the service could not be kept: ${error.message}`];
}
