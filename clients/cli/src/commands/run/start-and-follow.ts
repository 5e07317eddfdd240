// What `run` and `rerun` have in common: start a run, then print its id, or follow it to its end.
import { Failure } from '../../failure.js';
import type { Connection } from '../../http/connection.js';
import { retryMs } from '../../http/patience.js';
import { followRun } from '../../runs/follow-run.js';
import { Interrupts } from '../../runs/interrupts.js';
import type { ResultSource } from '../../runs/known-definition.js';
import { signalCode } from '../../runs/run-end.js';
import type { RunRecord } from '../../runs/run-record.js';
import { type Sink, sinkOf } from '../../terminal/sink.js';
import { printJson, printLine } from '../../terminal/table.js';

export interface StartOptions {
  output?: string;
  async?: boolean;
  json?: boolean;
  key?: string;
}

export interface Starting {
  options: StartOptions;
  /** The start may take long, so that Ctrl-C ends it; a short one is awaited, to know which run to stop. */
  isLarge: boolean;
  start: (signal: AbortSignal) => Promise<RunRecord>;
  source: (record: RunRecord) => Promise<ResultSource>;
}

/** Returns the exit code. */
export async function startAndFollow(connection: Connection, starting: Starting): Promise<number> {
  const { options } = starting;
  const sink = options.async ? undefined : sinkOf(options.output ?? '-');
  const interrupts = new Interrupts();
  let isWhole = false;
  try {
    const record = await started(starting, interrupts);
    if (record === undefined) return signalCode(interrupts.received as string);
    if (sink === undefined) return printRecord(record, options);
    const ended = await followed(connection, { record, sink, interrupts, starting });
    isWhole = ended.code === 0 || ended.record.success === true;
    return ended.code;
  } finally {
    interrupts.close();
    sink?.close(isWhole);
    if (options.output !== undefined && !isWhole) process.stderr.write(`procreg: ${options.output} is not written\n`);
  }
}

/** Undefined when it was interrupted before the server had taken it. */
async function started({ isLarge, start }: Starting, interrupts: Interrupts): Promise<RunRecord | undefined> {
  const abort = new AbortController();
  interrupts.onFirst(() => isLarge && abort.abort());
  try {
    return await start(abort.signal);
  } catch (error) {
    if (interrupts.received === undefined) throw error;
    process.stderr.write('procreg: the run is not started\n');
    return undefined;
  }
}

interface Following {
  record: RunRecord;
  sink: Sink;
  interrupts: Interrupts;
  starting: Starting;
}

async function followed(connection: Connection, { record, sink, interrupts, starting }: Following) {
  const { output, json } = starting.options;
  const source = json && output === undefined ? 'none' : await starting.source(record);
  const ended = await followRun({ connection, record, source, sink, retryMs: retryMs(), interrupts });
  if (json) printRecord(ended.record, { json });
  return ended;
}

function printRecord(record: RunRecord, { json }: StartOptions): number {
  if (typeof record?.id !== 'string') throw new Failure('the server does not say which run has started');
  if (json) printJson(record);
  else printLine(record.id);
  return 0;
}
