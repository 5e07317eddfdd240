// A run that an earlier server had taken on: its program is found again, was never started, or is lost.
import { CodedError } from '../protocol/coded-error.js';
import type { RunTask } from '../protocol/run-task.js';
import type { LaunchedProcess } from '../worker/launcher.js';
import type { ExecutorSettings } from './executor-settings.js';

/**
 * Null when it is to be started now: it is new, or the launcher that would have started it is still the same one and does
 * not know it. Throws lost when it may have run.
 */
export async function findProgram({ order, former }: RunTask, { launcher }: ExecutorSettings): Promise<LaunchedProcess | null> {
  if (!former) return null;
  const { pid, startedAtMs, certain } = former;
  const process = await launcher.find({ runId: order.runId, pid, startedAtMs, timeoutMs: order.timeoutMs });
  if (process) return process;
  if (!certain && former.launcher === launcher.instance && order.message.kind !== 'live') return null;
  throw new CodedError('lost', 'the server ended while the program ran; nobody knows how it ended');
}
