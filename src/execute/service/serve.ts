// What happens while a service runs: messages go in once it is ready, and what comes out is kept, message by message.
import { CodedError } from '../../model/coded-error.js';
import type { RunTask } from '../../model/run-task.js';
import type { EndReason } from '../../model/states.js';
import type { LaunchedProcess } from '../../worker/launcher.js';
import type { AdapterSession } from '../adapters/adapter-io.js';
import { adaptersOf } from '../adapters/adapters-of.js';
import { endSignal, onAbort } from '../run/end-signal.js';
import type { RunContext } from '../run/run-context.js';
import { MessageLogWriter } from './message-log-writer.js';
import { becomesReady } from './readiness.js';
import type { ServiceInbox } from './service-inbox.js';

export interface Serving {
  task: RunTask;
  inbox: ServiceInbox;
}

/** How long to wait for messages that are still to be kept when the program has ended. */
const settlingMs = 30_000;

export function serve(context: RunContext, process: LaunchedProcess, serving: Serving): AdapterSession {
  const end = (reason: EndReason, error: string) => {
    context.outcome.decide(reason, error);
    process.stop({});
  };
  const collected = collect(context, process, serving.task).catch((error) => end('output_error', lostOutput(error)));
  const over = endSignal(process);
  // once the program has ended, its own end says more
  void takeMessages(context, process, serving).catch((error) => over.aborted || end(...closedWay(error)));
  onAbort(over, () => serving.inbox.close());
  return { settle: () => Promise.race([collected, new Promise<void>((resolve) => void setTimeout(resolve, settlingMs).unref())]) };
}

async function takeMessages(context: RunContext, process: LaunchedProcess, { task, inbox }: Serving): Promise<void> {
  if (!(await becomesReady(context, process))) return;
  const { input } = adaptersOf(context);
  const isOpen = inbox.open(input.open ? await input.open(context, process) : null);
  if (isOpen) await task.emit({ type: 'ready' });
}

async function collect(context: RunContext, process: LaunchedProcess, { attempt, emit }: RunTask): Promise<void> {
  const { output } = adaptersOf(context);
  if (!output.frames) return;
  const keeper = await MessageLogWriter.open(context.control.messages);
  try {
    for await (const { bytes, position } of output.frames(context, process, keeper.positionIn(attempt))) {
      await keeper.keep({ bytes, position, attempt });
      await emit({ type: 'messages' });
    }
  } finally {
    await keeper.close();
  }
}

function lostOutput(error: Error): string {
  return `what came out of the service could not be kept: ${error.message}`;
}

function closedWay(error: Error): ['timeout' | 'input_error', string] {
  const code = error instanceof CodedError ? error.code : undefined;
  if (code === 'timeout' || code === 'input_error') return [code, error.message];
  return ['input_error', `the service cannot take messages: ${error.message}`];
}
