// A log with the time before each line: whatever the lengths of its lines are, it comes whole and in pieces of a bounded size.
import { expect, test } from 'vitest';
import type { LogSource } from '../../src/model/log-source.js';
import { logText } from '../../src/results/log-text.js';

const largestFrameBytes = 256 * 1024;

/** One frame of stdout. */
function frame(text: string, timeMs: number): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(Buffer.byteLength(text), 4);
  head.writeDoubleLE(timeMs, 8);
  return Buffer.concat([head, Buffer.from(text)]);
}

function logOf(bytes: Buffer): LogSource {
  const read = async (offset: number, lengthBytes: number) => bytes.subarray(offset, offset + lengthBytes);
  const settled = async () => {};
  return { sizeBytes: bytes.length, ended: true, read, sized: settled, changed: settled, close: settled };
}

const times = [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2)];
const [first, second] = times.map((timeMs) => `${new Date(timeMs).toISOString()} `);

test.each([
  ['lines of one byte', ['\n'.repeat(largestFrameBytes)], `${first}\n`.repeat(largestFrameBytes)],
  ['a line longer than a piece', [`${'x'.repeat(200_000)}\ny`], `${first}${'x'.repeat(200_000)}\n${first}y`],
  ['a line in two frames', ['one', ' and\ntwo\n'], `${first}one and\n${second}two\n`],
  ['frames of one byte', [...Array(2).fill('a'), '\n'], `${first}aa\n`],
])('%s', async (_what, texts, expected) => {
  const log = logOf(Buffer.concat(texts.map((text, index) => frame(text, times[Math.min(index, 1)]))));
  const pieces: Buffer[] = [];
  for await (const piece of logText(log, { follow: false, timestamps: true })) pieces.push(piece);
  expect(Buffer.concat(pieces).toString() === expected).toBe(true);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(64 * 1024);
});
