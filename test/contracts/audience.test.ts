// The audience of a log: one reader for all followers that are at its end; a follower that takes less, or comes in the middle, loses nothing.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogSource } from '../../src/model/log-source.js';
import { framesOf } from '../../src/model/read-frames.js';
import { joinAudience } from '../../src/run-http/audience.js';
import { blockEvents } from '../../src/run-http/block-events.js';
import { GrowingLog } from '../../src/worker/growing-log.js';

const server = createServer((_request, response) => server.emit('asked', response));
beforeAll(async () => void (await once(server.listen(0, '127.0.0.1'), 'listening')));
const folder = mkdtempSync(join(tmpdir(), 'audience-'));
let logs = 0;
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const gone = new AbortController().signal;
const agent = false;

/** The two ends of a response: the server's, and what the client receives. */
async function response(): Promise<{ raw: ServerResponse; received: IncomingMessage }> {
  const asked = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent });
  const [raw] = (await once(server, 'asked')) as [ServerResponse];
  raw.flushHeaders();
  return { raw, received: (await once(asked, 'response'))[0] };
}

/** A log that grows; `opened` says how often it was opened. */
function logToFollow() {
  const log = new GrowingLog(join(folder, `${logs++}/log`));
  const source = {
    opened: 0,
    openLog(): LogSource {
      source.opened++;
      return log.open();
    },
  };
  const write = (text: string) => log.append('stdout', 1, Buffer.from(text));
  return { log, source, write };
}

const wanted = { attempt: 1 };

async function eventsFrom(log: GrowingLog, from: number): Promise<string> {
  const bytes = await log.open().read(from, log.sizeBytes);
  return blockEvents({ bytes, offset: from, end: from + bytes.length }, wanted).toString();
}

async function ended({ raw, received }: Awaited<ReturnType<typeof response>>): Promise<string> {
  raw.end();
  return Buffer.concat(await received.toArray()).toString();
}

test('reads the log once for all, and gives each the events after its own offset', async () => {
  const { log, source, write } = logToFollow();
  await write('before\n');
  const [first, second, later] = [await response(), await response(), await response()];
  const joined = [first, second].map(({ raw }) => joinAudience(source, wanted, { raw, offset: log.sizeBytes, gone }));
  const start = log.sizeBytes;
  await write('one\n');
  const middle = log.sizeBytes;
  // the audience has not yet read this line, which this follower has
  joined.push(joinAudience(source, wanted, { raw: later.raw, offset: middle, gone }));
  for (let number = 2; number < 200; number++) await write(`line ${number}\n`);
  await log.end();
  expect(await Promise.all(joined)).toEqual([log.sizeBytes, log.sizeBytes, log.sizeBytes]);
  expect(source.opened).toBe(1);
  for (const one of [first, second]) expect(await ended(one)).toBe(await eventsFrom(log, start));
  expect(await ended(later)).toBe(await eventsFrom(log, middle));
});

test('lets a follower go that takes less than it gets, with where it must read on', async () => {
  const { log, source, write } = logToFollow();
  const [slow, quick] = [await response(), await response()];
  slow.received.pause();
  quick.received.resume();
  let left: number | undefined;
  const leaving = joinAudience(source, wanted, { raw: slow.raw, offset: 0, gone }).then((offset) => {
    left = offset;
  });
  const staying = joinAudience(source, wanted, { raw: quick.raw, offset: 0, gone });
  const part = 'x'.repeat(60_000);
  while (left === undefined) {
    await write(part);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await leaving;
  expect(slow.raw.socket?.writableLength).toBeLessThan(4 * part.length);
  expect(left).toBeLessThanOrEqual(log.sizeBytes);
  await log.end();
  expect(await staying).toBe(log.sizeBytes);
  quick.raw.end();
  expect([...framesOf(await log.open().read(0, log.sizeBytes), 0)].some(({ end }) => end === left)).toBe(true);
});

test('ends with the last follower that leaves, and refuses one that is behind', async () => {
  const { log, source, write } = logToFollow();
  const { raw, received } = await response();
  const left = new AbortController();
  const joined = joinAudience(source, wanted, { raw, offset: 0, gone: left.signal });
  await write('one\n');
  expect(String((await once(received, 'data'))[0])).toContain('data: one\n');
  expect(await joinAudience(source, wanted, { raw, offset: 0, gone })).toBe(0);
  left.abort();
  expect(await joined).toBe(log.sizeBytes);
  const again = joinAudience(source, wanted, { raw, offset: log.sizeBytes, gone });
  await log.end();
  expect(await again).toBe(log.sizeBytes);
  expect(source.opened).toBe(2);
  raw.end();
});
