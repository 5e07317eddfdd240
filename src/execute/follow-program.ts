// What happens from the start of a program to its end: what is reported, what goes in and out, and how the program ended.
import type { LaunchedProcess } from '../worker/launcher.js';
import { openAdapterSession } from './adapters/adapter-io.js';
import type { RunContext } from './run/run-context.js';
import { runOutcome } from './run/run-outcome.js';
import type { RunHandle } from './run-handle.js';
import { sandboxFailure } from './sandbox/sandbox.js';
import { serve } from './service/serve.js';

export async function followProgram(context: RunContext, process: LaunchedProcess, handle: RunHandle): Promise<void> {
  const { task, stopper, log, settings } = handle;
  log.attach(process);
  handle.typing?.attach(process);
  handle.programPort.attach(context, process);
  await task.emit({
    type: 'started',
    pid: process.pid,
    startedAtMs: process.startedAtMs,
    isolation: context.isolation,
    port: chosenPort(context),
  });
  // the end of the program says more than a failure to report the stop
  process.stopping.then(() => task.emit({ type: 'stopping' })).catch(() => {});
  stopper.attach(process);
  const session = handle.inbox ? serve(context, process, { task, inbox: handle.inbox }) : openAdapterSession(context, process);
  context.end = await process.ended;
  stopper.detach();
  await checkStart(context);
  runOutcome(context.end, context, settings.controlGroups);
  await session.settle();
}

/** Null where the definition has no port, or names a port itself. */
function chosenPort({ values: { port } }: RunContext): number | null {
  return typeof port === 'number' ? port : null;
}

/** Throws when the program was not started: with a sandbox this shows only after its end. */
async function checkStart(context: RunContext): Promise<void> {
  const failure = context.isolation.startsWith('sandbox') && !context.end?.reason ? await sandboxFailure(context.directory.root) : null;
  if (!failure) return;
  context.end = { ...context.end!, exitCode: null };
  throw failure;
}
