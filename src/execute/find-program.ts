// Finds the program of a run that an earlier server had accepted: it is found again, was never started, or is lost.
import { CodedError } from '../model/coded-error.js';
import type { RunTask } from '../model/run-task.js';
import type { LaunchedProcess } from '../worker/launcher.js';
import { stopTerms } from './prepare-launch.js';
import type { ExecutorSettings } from './run/executor-settings.js';

/** Null when the program is to be started now: the run is new, or its program surely never began. Throws lost when the program may have run. */
export async function findProgram({ order, former }: RunTask, settings: ExecutorSettings): Promise<LaunchedProcess | null> {
  if (!former) return null;
  const { pid, startedAtMs, certain } = former;
  const { launcher } = settings;
  const { runId, timeoutMs, definition } = order;
  const process = await launcher.find({ runId, timeoutMs, ...stopTerms(definition, settings), pid, startedAtMs });
  if (process) return process;
  const begun = certain || launcher.mayHaveBegun(runId, former.launcher);
  if (!begun && order.message.kind === 'live')
    throw new CodedError('input_error', 'the message broke off: the server ended while it was arriving');
  if (!begun) return null;
  throw new CodedError('lost', 'the server ended while the program ran; nobody knows how it ended');
}
