// The messages of a service on the disk: bounded, whole after a crash, and readable while they are written.
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { MessageLogWriter } from '../../src/execute/service/message-log-writer.js';
import { segmentBound, segmentBytes } from '../../src/model/message-log.js';
import { MessageReader } from '../../src/results/read-messages.js';

const root = mkdtempSync(join(tmpdir(), 'procreg-messages-'));
const readers: MessageReader[] = [];
afterAll(async () => {
  for (const reader of readers) await reader.close();
  rmSync(root, { recursive: true });
});

let folders = 0;
const newFolder = () => join(root, String(++folders), 'messages');
const message = (text: string | Buffer, position: number, attempt = 1) => ({ bytes: Buffer.from(text), position, attempt });

function reading(folder: string, after: number): MessageReader {
  const reader = new MessageReader(folder, after);
  readers.push(reader);
  return reader;
}

async function read(reader: MessageReader): Promise<string[]> {
  const said: string[] = [];
  for await (const { id, bytes } of reader.pending()) said.push(`${id} ${bytes}`);
  return said;
}

test('messages are read as they were kept, from any one on, and so are those that came since', async () => {
  const folder = newFolder();
  const keeper = await MessageLogWriter.open(folder);
  const reader = reading(folder, 0);
  expect(await read(reader)).toEqual([]);
  for (const [index, text] of ['a', '', 'ccc'].entries()) await keeper.keep(message(text, index + 1));
  expect(await read(reader)).toEqual(['1 a', '2 ', '3 ccc']);
  expect(await read(reader)).toEqual([]);
  await keeper.keep(message('d', 4));
  expect(await read(reader)).toEqual(['4 d']);
  const late = reading(folder, 2);
  expect(await read(late)).toEqual(['3 ccc', '4 d']);
  await keeper.close();
});

test('messages continue after a restart at the last position of the same attempt, and at the beginning for another one', async () => {
  const folder = newFolder();
  const first = await MessageLogWriter.open(folder);
  expect(first.positionIn(1)).toBe(0);
  await first.keep(message('a', 2));
  await first.keep(message('b', 4));
  await first.close();
  const second = await MessageLogWriter.open(folder);
  expect([second.positionIn(1), second.positionIn(2)]).toEqual([4, 0]);
  await second.keep(message('c', 2, 2));
  expect([second.positionIn(1), second.positionIn(2)]).toEqual([0, 2]);
  expect(await read(reading(folder, 1))).toEqual(['2 b', '3 c']);
  await second.close();
});

test.each([1, 20, 32, 34])('messages of which a crash has cut the last one after %i bytes are whole again', async (bytes) => {
  const folder = newFolder();
  const first = await MessageLogWriter.open(folder);
  await first.keep(message('whole', 6));
  await first.close();
  const other = newFolder();
  const cut = await MessageLogWriter.open(other);
  await cut.keep(message('never whole', 18));
  await cut.close();
  appendFileSync(join(folder, '1'), readFileSync(join(other, '1')).subarray(0, bytes));
  const second = await MessageLogWriter.open(folder);
  expect(second.positionIn(1)).toBe(6);
  await second.keep(message('next', 11));
  expect(await read(reading(folder, 0))).toEqual(['1 whole', '2 next']);
  await second.close();
});

test('messages continue where they were when a crash left a segment empty', async () => {
  const folder = newFolder();
  const first = await MessageLogWriter.open(folder);
  await first.keep(message('a', 2));
  await first.close();
  writeFileSync(join(folder, '2'), '');
  const second = await MessageLogWriter.open(folder);
  expect(second.positionIn(1)).toBe(2);
  await second.keep(message('b', 4));
  expect(await read(reading(folder, 0))).toEqual(['1 a', '2 b']);
  await second.close();
});

test('messages take a bounded part of the disk: the oldest are removed first, ids stay, and a slow reader skips the gap', async () => {
  const folder = newFolder();
  const keeper = await MessageLogWriter.open(folder);
  const slow = reading(folder, 0);
  const size = segmentBytes / 2;
  await keeper.keep(message(Buffer.alloc(size, 'x'), 1));
  for await (const { id } of slow.pending()) expect(id).toBe(1);
  const count = 2 * segmentBound + 9;
  for (let id = 2; id <= count; id++) await keeper.keep(message(Buffer.alloc(size, 'x'), id));
  const segments = readdirSync(folder);
  expect(segments).toHaveLength(segmentBound);
  const bytes = segments.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  expect(bytes).toBeLessThanOrEqual(segmentBound * (segmentBytes + size + 64));
  const ids = async (reader: MessageReader) => {
    const seen: number[] = [];
    for await (const { id } of reader.pending()) seen.push(id);
    return seen;
  };
  const kept = await ids(reading(folder, 0));
  expect(kept.at(-1)).toBe(count);
  expect(kept).toEqual(kept.map((_, index) => kept[0] + index));
  const missed = await ids(slow);
  expect(missed.slice(-kept.length)).toEqual(kept);
  expect(missed).toEqual([...new Set(missed)].sort((one, other) => one - other));
  await keeper.close();
});

test('messages larger than a segment are kept whole', async () => {
  const folder = newFolder();
  const keeper = await MessageLogWriter.open(folder);
  const bytes = Buffer.alloc(3 * segmentBytes, 'y');
  for (let position = 1; position <= 3; position++) await keeper.keep(message(bytes, position));
  let count = 0;
  for await (const one of reading(folder, 0).pending()) {
    expect(one.bytes.equals(bytes)).toBe(true);
    count++;
  }
  expect(count).toBe(3);
  await keeper.close();
});
