// The result of code in glot's words: its output, the error as a sentence, its duration and resource usage.

import { runUri } from '../../http/urls.js';
import type { LogSource } from '../../model/log-source.js';
import { readFrames } from '../../model/read-frames.js';
import { signalNumber } from '../../model/signal-numbers.js';
import type { RunEntity } from '../../runs/run.entity.js';

export interface CodeResult {
  stdout: string;
  stderr: string;
  /** Empty after success. */
  error: string;
  /** The duration of build and run, in nanoseconds. */
  duration: number;
  /** Processor time, in nanoseconds, and the peak of the resident memory, in bytes; null: not known. */
  cpu: number | null;
  memory: number | null;
  /** The isolation that was applied. */
  isolation: string | null;
  /** The tools that built and ran the code; null: the caller's own command. */
  tools: string[] | null;
  run: string;
}

/** Refusals that glot answers with the status 400: the output of the program does not count. */
export interface CodeRefusal {
  error: string;
  message: string;
  /** The reason in the words of the run's record. */
  detail: string | null;
  run: string;
}

/** What the record of the run lacks. */
export interface RanWith {
  tools: string[] | null;
  maxOutputBytes: number;
}

/** The result of a run that has ended. Closes the log. */
export async function codeResult(row: RunEntity, log: LogSource, { tools, maxOutputBytes }: RanWith): Promise<CodeResult | CodeRefusal> {
  const refusal = refusalOf(row, maxOutputBytes);
  if (refusal) {
    await log.close();
    return refusal;
  }
  const written: Record<string, Buffer[]> = { stdout: [], stderr: [] };
  for await (const { stream, bytes } of readFrames(log, {})) written[stream].push(bytes);
  const [stdout, stderr] = [decoded(written.stdout, 'stdout'), decoded(written.stderr, 'stderr')];
  const nanoseconds = (ms: number) => ms * 1_000_000;
  return {
    stdout: stdout.text,
    stderr: stderr.text,
    error: stdout.fault ?? stderr.fault ?? errorOf(row),
    duration: nanoseconds((row.finishedAtMs ?? 0) - (row.startedAtMs ?? row.finishedAtMs ?? 0)),
    cpu: row.cpuMs === null ? null : nanoseconds(row.cpuMs),
    memory: row.maxRssBytes,
    isolation: row.isolation,
    tools,
    run: runUri(row.id),
  };
}

function errorOf({ success, exitCode, signal }: RunEntity): string {
  if (success) return '';
  // the exit code that a shell reports for a program that a signal has ended
  return `Exit code: ${exitCode ?? 128 + signalNumber(signal!)}`;
}

function refusalOf({ id, endReason, error }: RunEntity, maxOutputBytes: number): CodeRefusal | null {
  // glot has only limits of time and size: for other limits the exit code or the signal is shown
  if (['exit', 'signal', 'memory_limit', 'cpu_limit', 'file_size_limit'].includes(endReason ?? '')) return null;
  const told = { detail: error, run: runUri(id) };
  const reading = 'Failed while reading stream: ';
  if (endReason === 'timeout') return { error: 'limits.execution_time', message: `${reading}Max execution time exceeded`, ...told };
  if (endReason === 'output_limit')
    return { error: 'limits.read.size', message: `${reading}Max output size exceeded (${maxOutputBytes} bytes)`, ...told };
  return { error: `coderunner.${endReason}`, message: error ?? 'the code did not run to its end', ...told };
}

function decoded(parts: Buffer[], stream: string): { text: string; fault?: string } {
  const bytes = Buffer.concat(parts);
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    const replaced = Buffer.from(bytes.toString());
    const index = bytes.findIndex((byte, at) => byte !== replaced[at]);
    return {
      text: '',
      fault: `Error in output from command. Failed to read ${stream}. invalid utf-8 sequence of 1 bytes from index ${index}`,
    };
  }
}
