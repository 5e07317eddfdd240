// Follows a run to its end: its result and its stderr as they come, at once; the exit code of the end.
import { exitCodes, Failure } from '../failure.js';
import type { Connection } from '../http/connection.js';
import { Patience, persistently } from '../http/patience.js';
import { Refusal } from '../http/refusal.js';
import { Progress } from '../terminal/progress.js';
import { DescriptorSink, ReaderGone, type Sink } from '../terminal/sink.js';
import { plain, tell } from '../terminal/table.js';
import { downloaded } from './download.js';
import { followedBytes, streamPaths } from './followed-bytes.js';
import type { Interrupts } from './interrupts.js';
import type { ResultSource } from './known-definition.js';
import { endOf, signalCode } from './run-end.js';
import { hasEnded, type RunRecord, runPath } from './run-record.js';

export interface FollowedRun {
  connection: Connection;
  /** As it was accepted. */
  record: RunRecord;
  source: ResultSource;
  sink: Sink;
  retryMs: number;
  interrupts: Interrupts;
}

/** The end of the run, and the exit code for it. */
export interface Ended {
  record: RunRecord;
  code: number;
}

/** How long one request waits for the end; shorter than the silence that counts as a lost connection. */
const waitSeconds = 50;

/** Says on stderr why the run has ended, where its exit code does not. Leaves the sink open. */
export async function followRun(run: FollowedRun): Promise<Ended> {
  const left = new AbortController();
  run.interrupts.onFirst(
    () => void stopByUser(run).catch((error) => tell(`procreg: the run is not stopped: ${error.message}`)),
    () => `${plain(`procreg: left run ${run.record.id} on ${run.connection.server.label}, which may still be running`)}\n`,
  );
  try {
    await followStreams(run, left.signal);
    const record = await endedRun(run.connection, run.record.id, run);
    if (run.source === 'end' && record.success) await pourOutput(run, record);
    return { record, code: codeOf(run, record) };
  } catch (error) {
    left.abort();
    if (!(error instanceof ReaderGone)) throw error;
    await stopRun(run);
    return { record: run.record, code: signalCode('SIGPIPE') };
  } finally {
    left.abort();
  }
}

async function followStreams({ connection, record, source, sink, retryMs }: FollowedRun, signal: AbortSignal): Promise<void> {
  const followed = { connection, id: record.id, attempt: record.attempt, retryMs, signal };
  const pours = [];
  if (source === 'stdout' || source === 'stderr') pours.push(pour(followedBytes({ ...followed, ...streamPaths(record.id, source) }), sink));
  if (source !== 'stderr') pours.push(pour(followedBytes({ ...followed, ...streamPaths(record.id, 'stderr') }), new DescriptorSink(2)));
  await Promise.all(pours);
}

export async function pour(chunks: AsyncIterable<Buffer>, sink: Sink): Promise<void> {
  for await (const chunk of chunks) await sink.write(chunk);
}

async function pourOutput({ connection, sink, retryMs }: FollowedRun, { output, id }: RunRecord): Promise<void> {
  if (output === null) return;
  // a bar between the lines of an output at the same terminal would spoil both
  const isAlone = !(sink instanceof DescriptorSink && sink.descriptor === 1 && process.stdout.isTTY);
  const progress = new Progress('downloading', isAlone ? output.bytes : 0);
  try {
    for await (const chunk of downloaded({ connection, path: `${runPath(id)}output/`, retryMs })) {
      await sink.write(chunk);
      progress.add(chunk.length);
    }
  } finally {
    progress.end();
  }
}

/** The record once the run has ended. */
export async function endedRun(
  connection: Connection,
  id: string,
  { retryMs, signal }: { retryMs: number; signal?: AbortSignal },
): Promise<RunRecord> {
  const patience = new Patience(retryMs, signal);
  const path = `${runPath(id)}wait/?timeout=${waitSeconds}`;
  for (;;) {
    const record = await persistently(() => connection.json<RunRecord>({ path, signal }), patience);
    if (hasEnded(record)) return record;
  }
}

function codeOf({ interrupts }: FollowedRun, record: RunRecord): number {
  const { code, sentence } = endOf(record);
  if (interrupts.received !== undefined) return signalCode(interrupts.received);
  if (sentence !== undefined) tell(`procreg: ${sentence}`);
  return code;
}

async function stopByUser(run: FollowedRun): Promise<void> {
  tell(`procreg: stopping run ${run.record.id}; once more leaves it`);
  await stopRun(run);
}

async function stopRun({ connection, record, retryMs }: FollowedRun): Promise<void> {
  const stop = () => connection.json({ method: 'POST', path: `${runPath(record.id)}stop/` });
  await persistently(stop, new Patience(retryMs)).catch((error) => {
    // it has ended by itself
    if (!(error instanceof Refusal && error.status === 409)) throw error;
  });
}

/** What a refusal means for `run`: 126 where it was not permitted or could not start, 125 where a retry may help. */
export function asRunFailure(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const isWrongHere = error.status < 500 || error.status === 501;
  if (!isWrongHere || error.status === 429) return error;
  return new Failure(error.message, { exitCode: exitCodes.refused, hint: error.hint });
}
