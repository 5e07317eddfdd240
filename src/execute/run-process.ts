// The phases of one run, in order; each phase has its own file.
import { CodedError } from '../model/coded-error.js';
import { isService } from '../model/definition.js';
import type { CollectedOutput } from '../model/run-result.js';
import type { ExecutingRun, RunTask } from '../model/run-task.js';
import type { EndReason } from '../model/states.js';
import { endReasons } from '../model/states.js';
import { LaunchError, type LaunchedProcess, type ProcessEnd } from '../worker/launcher.js';
import { adaptersOf } from './adapters/adapters-of.js';
import { removeUnchangedFiles } from './files/definition-files.js';
import { findProgram } from './find-program.js';
import { followProgram } from './follow-program.js';
import { removePipes } from './io/named-pipe.js';
import { checkedOutput } from './output/checked-output.js';
import { prepareLaunch, stopSignal } from './prepare-launch.js';
import { placeInputs, prepareRun, resumeRun } from './prepare-run.js';
import { checkRoom, retryOnShortage } from './retry-on-shortage.js';
import type { ExecutorSettings } from './run/executor-settings.js';
import { decodeResumeState } from './run/resume-state.js';
import type { RunContext } from './run/run-context.js';
import { resultOf } from './run/run-outcome.js';
import { newRunHandle, type RunHandle } from './run-handle.js';

/** Never rejects: whatever goes wrong is in the result that the last event carries. `turn` null: the run may start now. */
export function runProcess(task: RunTask, settings: ExecutorSettings, turn: Promise<void> | null): ExecutingRun {
  const handle = newRunHandle(task, settings, turn);
  return {
    finished: run(handle),
    stop: (request) => handle.stopper.stop({ ...request, signal: request.signal ?? stopSignal(task.order.definition) }),
    signal: (name) => handle.stopper.signal(name),
    send: (message) => (handle.inbox ? handle.inbox.send(message) : refuse(task)),
    input: handle.typing,
    listener: (port) => handle.programPort.find(port),
    openLog: () => handle.log.open(),
  };
}

async function refuse({ order }: RunTask): Promise<never> {
  throw new CodedError('wrong_state', `the run ${order.runId} is not a service: it takes no further messages`);
}

/** How far a run has come. */
interface Progress {
  context?: RunContext;
  process: LaunchedProcess | null;
  /** How its program ended, when nobody could follow it to its end. */
  end?: ProcessEnd;
  output: CollectedOutput | null;
}

async function run(handle: RunHandle): Promise<void> {
  const { task, outcome, settings } = handle;
  const progress: Progress = { process: null, output: null };
  await perform(progress, handle).catch((error) => breakOff(progress, handle, error));
  const { context, process, output } = progress;
  letGo(handle);
  const result = resultOf(context?.end ?? progress.end ?? null, output, outcome);
  try {
    await task.emit({ type: 'finished', result });
    process?.release();
  } finally {
    // the next attempt of a service is in a control group of the same name
    const away = context && clearAway(context, settings);
    if (isService(task.order.definition)) await away;
  }
}

async function perform(progress: Progress, handle: RunHandle): Promise<void> {
  const { task, stopper, settings, turn } = handle;
  // a run of an earlier server may have a running program: the program is found first, even when a stop was requested
  if (turn) await (task.former ? turn : stopper.orStop(turn));
  const found = await findProgram(task, settings);
  progress.process = found;
  if (!found) await task.emit({ type: 'starting', launcher: settings.launcher.instance });
  else if (!(await hasEnded(found))) await task.emit({ type: 'found' });
  const context = await contextOf(found, handle);
  progress.context = context;
  const process = found ?? (await startProgram(context, handle));
  progress.process = process;
  await followProgram(context, process, handle);
  await removeUnchangedFiles(context);
  if (!leavesNothing(context)) progress.output = checkedOutput(await adaptersOf(context).output.collect(context), context.output.kind);
}

/** Ends the run after an error: a program that is no longer followed is stopped. */
async function breakOff(progress: Progress, { task, outcome }: RunHandle, error: unknown): Promise<void> {
  const { context, process } = progress;
  outcome.decide(...reasonOf(error, progress, task));
  if (!process || context?.end) return;
  process.stop({});
  progress.end = await process.ended;
}

function letGo({ scope, stopper, log, inbox, typing, programPort }: RunHandle): void {
  scope.end();
  stopper.detach();
  log.end();
  inbox?.close();
  typing?.end();
  programPort.end();
}

/** Whether a program that was found has ended: its launcher reports this before the next turn of the event loop. */
async function hasEnded({ ended }: LaunchedProcess): Promise<boolean> {
  const goesOn = new Promise<false>((resolve) => void setImmediate(() => resolve(false)));
  return Promise.race([ended.then(() => true), goesOn]);
}

/** Ends processes first, so that they write nothing after the directory is released. Never rejects: each step is independent. */
async function clearAway(context: RunContext, { controlGroups, workDirectories }: ExecutorSettings): Promise<void> {
  const { directory, order, limits } = context;
  const steps = [
    () => controlGroups.leave(order.runId, limits.ofTree),
    () => removePipes(context),
    () => removeUnchangedFiles(context),
    () => workDirectories.release(directory, order.runId, { keep: !order.dropFiles }),
  ];
  for (const step of steps) await step().catch(() => {});
}

/** Whether there is no output to collect: the output of a service was kept while the service ran. */
function leavesNothing({ order, end }: RunContext): boolean {
  return end?.reason === 'lost' || isService(order.definition);
}

/** The context of the run. For a program that was found without its note, the exit record may bring the note. Otherwise nothing can be collected, since the launcher was killed. */
async function contextOf(found: LaunchedProcess | null, handle: RunHandle): Promise<RunContext> {
  const { task, stopper } = handle;
  if (!found) {
    await retryOnShortage(handle, checkRoom);
    if (task.check) await stopper.orStop(task.check());
    return prepareRun(task, handle);
  }
  if (found.note === '') {
    stopper.attach(found);
    await found.ended;
  }
  if (found.note !== '') return resumeRun(task, decodeResumeState(found.note), handle);
  throw new CodedError('lost', 'its launcher was killed while the program ran; nobody knows how it ended');
}

async function startProgram(context: RunContext, handle: RunHandle): Promise<LaunchedProcess> {
  const { stopper, settings } = handle;
  await placeInputs(context);
  const spec = await prepareLaunch(context, settings);
  return retryOnShortage(handle, async () => {
    stopper.check();
    return settings.launcher.launch(spec);
  });
}

function reasonOf(error: unknown, { context, process }: Progress, { former }: RunTask): [EndReason, string] {
  if (error instanceof LaunchError) return ['spawn_error', `the program could not be started (${error.errno}): ${error.message}`];
  if (error instanceof CodedError && endReasons.includes(error.code as EndReason)) return [error.code as EndReason, error.message];
  const { code, message } = error as NodeJS.ErrnoException;
  const said = error instanceof CodedError ? message : (code ?? message);
  if (context?.end) return ['output_error', `the output could not be collected: ${said}`];
  if (context && process) return ['output_error', `the run could not be followed to its end: ${said}`];
  if (former && !context) return ['lost', `the run could not be taken over from an earlier server: ${said}`];
  return ['spawn_error', `the run could not be prepared: ${said}`];
}
