// The outcome of a run, from how its program ended: the end reason, the sentence for people, the result.
import type { RunOrder } from '../../model/run-order.js';
import type { CollectedOutput, RunResult } from '../../model/run-result.js';
import type { EndReason } from '../../model/states.js';
import type { ProcessEnd } from '../../worker/launcher.js';
import type { FirstEndReason } from './end-reason.js';
import { limitReached, type MemoryFailures } from './limit-reached.js';
import type { RunContext } from './run-context.js';

type Sentence = (order: RunOrder) => [EndReason, string];

/** The sentences for ends that the launcher itself caused. */
const sentences: Record<Exclude<ProcessEnd['reason'], null>, Sentence> = {
  timeout: ({ timeoutMs }) => ['timeout', `the program ran longer than its timeout of ${timeoutMs / 1000} s`],
  stop: () => ['stop', 'the run was stopped'],
  output_limit: ({ outputLimitBytes }) => ['output_limit', `the program wrote more than ${outputLimitBytes} bytes`],
  input_cut: () => ['input_error', 'the message broke off: the server ended while it was arriving'],
  log_failed: () => ['output_error', 'what the program wrote could not be stored; if it still ran, it was ended'],
  lost: () => ['lost', 'the launcher was killed while the program ran; nobody knows how it ended'],
};

export function runOutcome(end: ProcessEnd, context: RunContext, groups: MemoryFailures): void {
  const { order, outcome, served } = context;
  if (served && end.reason === 'stop') return;
  if (end.reason) outcome.decide(...sentences[end.reason](order));
  const successCodes = order.definition.success_exit_codes ?? [0];
  if (end.exitCode !== null && successCodes.includes(end.exitCode)) return;
  const limit = limitReached(end, context, groups);
  if (limit) outcome.decide(...limit);
  if (end.signal) outcome.decide('signal', `the program was ended by ${end.signal}`);
  if (end.exitCode !== null) outcome.decide('exit', `the program ended with exit code ${end.exitCode}`);
}

export function resultOf(process: ProcessEnd | null, output: CollectedOutput | null, outcome: FirstEndReason): RunResult {
  const failure = outcome.failure;
  return {
    endReason: failure?.reason ?? 'exit',
    exitCode: process?.exitCode ?? null,
    signal: process?.signal ?? null,
    success: failure === null,
    error: failure?.error ?? null,
    startedAtMs: process?.startedAtMs ?? null,
    finishedAtMs: process?.endedAtMs ?? Date.now(),
    output,
    usage: process?.usage ?? null,
    log: process?.log ?? null,
  };
}
