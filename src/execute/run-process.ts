// The stages of one run, in order; each stands in a file of its own.
import { CodedError } from '../protocol/coded-error.js';
import { isService } from '../protocol/definition.js';
import type { CollectedOutput } from '../protocol/run-result.js';
import type { ExecutingRun, RunTask } from '../protocol/run-task.js';
import type { EndReason } from '../protocol/states.js';
import { endReasons } from '../protocol/states.js';
import { LaunchError, type LaunchedProcess } from '../worker/launcher.js';
import { adaptersOf } from './adapters-of.js';
import type { ExecutorSettings } from './executor-settings.js';
import { findProgram } from './find-program.js';
import { followProgram } from './follow-program.js';
import { resultOf } from './judge.js';
import { treeLimits } from './limits.js';
import { removePipes } from './named-pipe.js';
import { furnish, openStage, reopenStage } from './open-stage.js';
import { prepareLaunch, stopSignal } from './prepare-launch.js';
import { contextOf, type RunContext } from './run-context.js';
import type { RunStage } from './run-stage.js';
import { readNote } from './stage-note.js';

/** Never rejects: whatever goes wrong is in the result that the last event carries. `turn` null: it may start now. */
export function runProcess(task: RunTask, settings: ExecutorSettings, turn: Promise<void> | null): ExecutingRun {
  const context = contextOf(task, settings, turn);
  return {
    finished: run(context),
    stop: (request) => context.stopper.stop({ ...request, signal: request.signal ?? stopSignal(task.order.definition) }),
    signal: (name) => context.stopper.signal(name),
    send: (message) => (context.inlet ? context.inlet.send(message) : refuse(task)),
    input: context.keyboard,
    listener: (port) => context.doorway.find(port),
    openLog: () => context.log.open(),
  };
}

async function refuse({ order }: RunTask): Promise<never> {
  throw new CodedError('wrong_state', `the run ${order.runId} is no service: it takes no further message`);
}

async function run(context: RunContext): Promise<void> {
  const { task, outcome, stopper, settings } = context;
  let stage: RunStage | undefined;
  let process: LaunchedProcess | null = null;
  let output: CollectedOutput | null = null;
  try {
    if (context.turn) await stopper.orStop(context.turn);
    process = await findProgram(task, settings);
    if (!process) await task.emit({ type: 'starting', launcher: settings.launcher.instance });
    stage = await stageOf(process, context);
    process ??= await startProgram(stage, context);
    await followProgram(stage, process, context);
    output = leavesNothing(stage) ? null : await adaptersOf(stage).output.collect(stage);
  } catch (error) {
    outcome.decide(...reasonOf(error));
  }
  stopper.detach();
  context.log.end();
  context.inlet?.close();
  context.keyboard?.end();
  context.doorway.end();
  const result = resultOf(stage?.end ?? null, output, outcome);
  await task.emit({ type: 'finished', result });
  process?.release();
  // the next attempt of a service is in a control group of the same name
  const away = stage && clearAway(stage, settings);
  if (isService(task.order.definition)) await away;
}

/** Processes first: what they might still write is then in the directory, or nowhere. */
async function clearAway(stage: RunStage, { controlGroups, workDirectories }: ExecutorSettings): Promise<void> {
  const { directory, order } = stage;
  await controlGroups.leave(order.runId, treeLimits(order.definition));
  await removePipes(stage);
  await workDirectories.release(directory, order.runId, { keep: !order.dropFiles });
}

/** What came out of a service was kept while it ran. */
function leavesNothing({ order, end }: RunStage): boolean {
  return end?.reason === 'lost' || isService(order.definition);
}

/** Found again without its note: its exit record may bring it, or nothing can be collected, since its launcher was killed. */
async function stageOf(found: LaunchedProcess | null, context: RunContext): Promise<RunStage> {
  const { task } = context;
  if (!found) return openStage(task, context.outcome, context.settings);
  if (found.note === '') {
    context.stopper.attach(found);
    await found.ended;
  }
  if (found.note !== '') return reopenStage(task, readNote(found.note), context);
  throw new CodedError('lost', 'its launcher was killed while the program ran; nobody knows how it ended');
}

async function startProgram(stage: RunStage, { stopper, settings }: RunContext): Promise<LaunchedProcess> {
  await furnish(stage);
  const spec = await prepareLaunch(stage, settings);
  stopper.check();
  return settings.launcher.launch(spec);
}

function reasonOf(error: unknown): [EndReason, string] {
  if (error instanceof LaunchError) return ['spawn_error', `the program could not be started (${error.errno}): ${error.message}`];
  if (error instanceof CodedError && endReasons.includes(error.code as EndReason)) return [error.code as EndReason, error.message];
  const { code, message } = error as NodeJS.ErrnoException;
  return ['spawn_error', `the run could not be prepared: ${error instanceof CodedError ? message : (code ?? message)}`];
}
