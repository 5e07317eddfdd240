// How a run went, from how its program ended: the end reason, the sentence for people, the result.
import type { CollectedOutput, RunResult } from '../protocol/run-result.js';
import type { ProcessEnd } from '../worker/launcher.js';
import type { Outcome } from './outcome.js';
import type { RunStage } from './run-stage.js';

export function judge(end: ProcessEnd, { order, outcome }: RunStage): void {
  if (end.timedOut) outcome.decide('timeout', `the program ran longer than its timeout of ${order.timeoutMs / 1000} s`);
  if (end.signal) outcome.decide('signal', `the program was ended by ${end.signal}`);
  const successCodes = order.definition.success_exit_codes ?? [0];
  if (end.exitCode !== null && !successCodes.includes(end.exitCode)) {
    outcome.decide('exit', `the program ended with exit code ${end.exitCode}`);
  }
}

export function resultOf(
  process: (ProcessEnd & { startedAtMs: number }) | null,
  output: CollectedOutput | null,
  outcome: Outcome,
): RunResult {
  const failure = outcome.failure;
  return {
    endReason: failure?.reason ?? 'exit',
    exitCode: process?.exitCode ?? null,
    signal: process?.signal ?? null,
    success: failure === null,
    error: failure?.error ?? null,
    startedAtMs: process?.startedAtMs ?? null,
    finishedAtMs: Date.now(),
    output,
    usage: process?.usage ?? null,
  };
}
