// Turns the events of a run into changes of its record.
import { hash } from 'node:crypto';
import { streamOf } from '../model/read-frames.js';
import type { RunEvent } from '../model/run-event.js';
import type { RunResult } from '../model/run-result.js';
import type { RunState } from '../model/states.js';
import { contentTypeOf } from '../results/content-type.js';
import type { RunEntity } from './run.entity.js';

/** The changes by an event that is not the end. */
export function changeOf(event: RunEvent, state: RunState): Partial<RunEntity> {
  if (event.type === 'starting') return { state, launcher: event.launcher };
  if (event.type !== 'started') return { state };
  const { pid, startedAtMs, isolation, port } = event;
  return port === null ? { state, pid, startedAtMs, isolation } : { state, pid, startedAtMs, isolation, port };
}

/** The digest of an output that is still in memory; larger ones are read in the background. */
function smallDigest({ output, log }: RunResult): string | null {
  if (!log || !output || output.source === 'file') return null;
  return hash('sha256', streamOf(log, output.source), 'hex');
}

/** The changes by the end. An output that cannot be described is reported as output_error. */
export function finalChange(result: RunResult, row: RunEntity): Partial<RunEntity> {
  try {
    return described(result, row);
  } catch (error) {
    const said = `the output could not be described: ${(error as Error).message}`;
    return described({ ...result, output: null, success: false, endReason: 'output_error', error: result.error ?? said }, row);
  }
}

function described(result: RunResult, { attempt, startedAtMs }: RunEntity): Partial<RunEntity> {
  const { output, usage } = result;
  const wasUp = result.endReason === 'cancelled' && attempt > 1;
  return {
    state: 'finished',
    order: null,
    endReason: wasUp ? 'stop' : result.endReason,
    exitCode: result.exitCode,
    signal: result.signal,
    success: result.success,
    error: result.error,
    startedAtMs: result.startedAtMs ?? startedAtMs,
    finishedAtMs: result.finishedAtMs,
    cpuMs: usage ? Math.round(usage.cpuMs) : null,
    maxRssBytes: usage?.maxRssBytes ?? null,
    outputSource: output?.source ?? null,
    outputBytes: output?.bytes ?? null,
    outputType: output && contentTypeOf(output),
    // at most as long as the column
    outputName: output?.name?.slice(0, 255).toWellFormed() ?? null,
    outputNote: output?.note ?? null,
    outputSha256: output?.sha256 ?? smallDigest(result),
  };
}
