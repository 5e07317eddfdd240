// What happens from the start of a program to its end: who hears of it, what goes in and out, and how it ended.
import type { LaunchedProcess } from '../worker/launcher.js';
import { openAdapterSession } from './adapters/adapter-io.js';
import type { RunContext } from './run/run-context.js';
import { runOutcome } from './run/run-outcome.js';
import type { RunHandle } from './run-handle.js';
import { sandboxFailure } from './sandbox/sandbox.js';
import { serve } from './service/serve.js';

export async function followProgram(stage: RunContext, process: LaunchedProcess, context: RunHandle): Promise<void> {
  const { task, stopper, log, settings } = context;
  log.attach(process);
  context.keyboard?.attach(process);
  context.doorway.attach(stage, process);
  await task.emit({
    type: 'started',
    pid: process.pid,
    startedAtMs: process.startedAtMs,
    isolation: stage.isolation,
    port: chosenPort(stage),
  });
  // its end says more than a fault in telling of it
  process.stopping.then(() => task.emit({ type: 'stopping' })).catch(() => {});
  stopper.attach(process);
  const attendance = context.inlet ? serve(stage, process, { task, inlet: context.inlet }) : openAdapterSession(stage, process);
  stage.end = await process.ended;
  stopper.detach();
  await checkStart(stage);
  runOutcome(stage.end, stage, settings.controlGroups);
  await attendance.settle();
}

/** Null where the definition has none, or names one by itself. */
function chosenPort({ values: { port } }: RunContext): number | null {
  return typeof port === 'number' ? port : null;
}

/** In a sandbox it shows afterwards that a program was not started. */
async function checkStart(stage: RunContext): Promise<void> {
  const failure = stage.isolation.startsWith('sandbox') && !stage.end?.reason ? await sandboxFailure(stage.directory.root) : null;
  if (!failure) return;
  stage.end = { ...stage.end!, exitCode: null };
  throw failure;
}
