// A run as Server-Sent Events: state, stdout, stderr, end; an event's id is where in the log the next one begins.
import { isUtf8 } from 'node:buffer';
import { once } from 'node:events';
import type { FastifyReply } from 'fastify';
import type { LogStream } from '../../protocol/log-format.js';
import type { LogSource } from '../../protocol/log-source.js';
import { checkOffset, readFrames } from '../../results/read-frames.js';
import type { RunEntity } from '../../runs/run.entity.js';
import type { Runs } from '../../runs/runs.js';

export const keepAliveMs = 15_000;

export interface EventStream {
  runs: Runs;
  row: RunEntity;
  /** The Last-Event-ID. */
  from: number;
  follow: boolean;
  stream?: LogStream;
  /** The run as JSON, for the events `state` and `end`. */
  describe: (row: RunEntity) => Promise<object>;
}

/** Ends with the run, or with what is there when it is not followed. */
export async function sendEvents(reply: FastifyReply, events: EventStream): Promise<void> {
  const log = await events.runs.log(events.row.id);
  const { raw } = reply;
  try {
    await checkOffset(log, events.from);
    beginEvents(reply);
    await sayAll(raw, events, log);
  } finally {
    await log.close();
    if (raw.headersSent) raw.end();
  }
}

/** From here on the answer is written event by event. */
export function beginEvents(reply: FastifyReply): void {
  reply.hijack();
  reply.raw.on('error', () => {});
  reply.raw.writeHead(200, {
    ...reply.getHeaders(),
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  } as never);
}

async function sayAll(raw: FastifyReply['raw'], events: EventStream, log: LogSource): Promise<void> {
  const keepAlive = setInterval(() => raw.write(': keep-alive\n\n'), keepAliveMs);
  const gone = new Promise<null>((resolve) => raw.once('close', () => resolve(null)));
  const frames = readFrames(log, events);
  let position = events.from;
  const say = (name: string, data: string) => write(raw, `event: ${name}\nid: ${position}\n${dataLines(data)}\n`);
  try {
    await say('state', JSON.stringify({ state: current(events).state }));
    for (let next = await Promise.race([frames.next(), gone]); next && !next.done; next = await Promise.race([frames.next(), gone])) {
      position = next.value.end;
      if (!events.stream || events.stream === next.value.stream) await say(...textOrBase64(next.value.stream, next.value.bytes));
    }
    if (events.follow) await Promise.race([events.runs.activeRun(events.row.id)?.ended, gone]);
    if (!raw.destroyed && current(events).state === 'finished') await say('end', JSON.stringify(await events.describe(current(events))));
  } finally {
    clearInterval(keepAlive);
  }
}

function current({ runs, row }: EventStream): RunEntity {
  return runs.activeRun(row.id)?.row ?? row;
}

/** Text as it is; bytes that are no text, or hold a CR, which the format would change, in base64. */
export function textOrBase64(name: string, bytes: Buffer): [name: string, data: string] {
  if (isUtf8(bytes) && !bytes.includes(13)) return [name, bytes.toString()];
  return [`${name}-base64`, bytes.toString('base64')];
}

export function dataLines(data: string): string {
  return data
    .split('\n')
    .map((line) => `data: ${line}\n`)
    .join('');
}

/** Waits where the reader is slow. */
export async function write(raw: FastifyReply['raw'], text: string): Promise<void> {
  if (raw.destroyed || raw.write(text)) return;
  await Promise.race([once(raw, 'drain'), once(raw, 'close')]);
}
