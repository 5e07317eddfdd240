// The stages of one run, in order; each stands in a file of its own.
import { CodedError } from '../protocol/coded-error.js';
import type { CollectedOutput } from '../protocol/run-result.js';
import type { ExecutingRun, RunTask } from '../protocol/run-task.js';
import type { EndReason } from '../protocol/states.js';
import { endReasons } from '../protocol/states.js';
import { LaunchError, type ProcessEnd } from '../worker/launcher.js';
import { adaptersOf } from './adapters-of.js';
import { attend } from './attend.js';
import type { ExecutorSettings } from './executor-settings.js';
import { judge, resultOf } from './judge.js';
import { furnish, openStage } from './open-stage.js';
import { Outcome } from './outcome.js';
import { prepareLaunch } from './prepare-launch.js';
import type { RunStage } from './run-stage.js';
import { Stopper } from './stopper.js';

/** Never rejects: whatever goes wrong is in the result that the last event carries. */
export function runProcess(task: RunTask, settings: ExecutorSettings): ExecutingRun {
  const outcome = new Outcome();
  const stopper = new Stopper(outcome);
  return { finished: run(task, { outcome, stopper, settings }), stop: (request) => stopper.stop(request) };
}

interface RunContext {
  outcome: Outcome;
  stopper: Stopper;
  settings: ExecutorSettings;
}

async function run(task: RunTask, context: RunContext): Promise<void> {
  const ended: { process: (ProcessEnd & { startedAtMs: number }) | null; output: CollectedOutput | null } = { process: null, output: null };
  let stage: RunStage | undefined;
  try {
    await task.emit({ type: 'starting' });
    stage = await openStage(task, context.outcome, context.settings);
    ended.process = await runProgram(stage, task, context);
    judge(ended.process, stage);
    ended.output = await adaptersOf(stage).output.collect(stage);
  } catch (error) {
    context.outcome.decide(...reasonOf(error));
  }
  const result = resultOf(ended.process, ended.output, context.outcome);
  context.stopper.detach();
  if (stage) void context.settings.workDirectories.release(stage.directory);
  await task.emit({ type: 'finished', result });
}

async function runProgram(stage: RunStage, task: RunTask, { stopper, settings }: RunContext) {
  await furnish(stage);
  const spec = await prepareLaunch(stage, settings);
  stopper.check();
  const process = await settings.launcher.launch(spec);
  const { pid, startedAtMs } = process;
  await task.emit({ type: 'started', pid, startedAtMs, isolation: settings.launcher.isolation });
  void process.stopping.then(() => task.emit({ type: 'stopping' }));
  stopper.attach(process);
  const end = await attend(stage, process, task.emit);
  stopper.detach();
  return { ...end, startedAtMs };
}

function reasonOf(error: unknown): [EndReason, string] {
  if (error instanceof LaunchError) return ['spawn_error', `the program could not be started (${error.errno}): ${error.message}`];
  if (error instanceof CodedError && endReasons.includes(error.code as EndReason)) return [error.code as EndReason, error.message];
  return ['spawn_error', `the run could not be prepared: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`];
}
