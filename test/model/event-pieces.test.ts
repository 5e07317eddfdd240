// What a reader of events is sent of the logs that it follows: few events at once, and no more while it takes nothing.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Batches } from '../../src/api/events/batches.js';
import { EventReader } from '../../src/api/events/event-reader.js';
import { EventView } from '../../src/api/events/event-view.js';
import { logPieces } from '../../src/api/events/log-pieces.js';
import { sse } from '../../src/api/events/wires.js';
import { Events } from '../../src/events/events.js';

interface Written {
  stream: 0 | 1;
  text: string;
  timeMs: number;
}

function frame({ stream, text, timeMs }: Written): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(stream, 0);
  head.writeUInt32LE(Buffer.byteLength(text), 4);
  head.writeDoubleLE(timeMs, 8);
  return Buffer.concat([head, Buffer.from(text)]);
}

function piecesOf(written: Written[]) {
  const bytes = Buffer.concat(written.map(frame));
  return [...logPieces({ bytes, offset: 1000, end: 1000 + bytes.length })];
}

test('a block of very small frames is sent in pieces of at most 100 events', () => {
  const written = Array.from({ length: 3855 }, (_, index) => ({ stream: (index % 2) as 0 | 1, text: String(index % 10), timeMs: 1 }));
  const pieces = piecesOf(written);
  expect(Math.max(...pieces.map(({ length }) => length))).toBe(100);
  const frames = pieces.flat();
  expect(frames.map(({ bytes }) => bytes.toString()).join('')).toBe(written.map(({ text }) => text).join(''));
  expect(frames.at(-1)?.end).toBe(1000 + 3855 * 17);
});

test('neighbours of one stream and of about the same time are one event, which ends with the last of them', () => {
  const frames = piecesOf([
    { stream: 0, text: 'a', timeMs: 5 },
    { stream: 0, text: 'b', timeMs: 14 },
    { stream: 0, text: 'c', timeMs: 15 },
    { stream: 1, text: 'd', timeMs: 15 },
    { stream: 0, text: 'e', timeMs: 3 },
  ]).flat();
  expect(frames.map(({ stream, bytes, end, timeMs }) => [stream, bytes.toString(), end, timeMs])).toEqual([
    ['stdout', 'ab', 1034, 5],
    ['stdout', 'c', 1051, 15],
    ['stderr', 'd', 1068, 15],
    ['stdout', 'e', 1085, 3],
  ]);
});

const runId = (number: number) => `00000000-0000-7000-8000-0000000000${10 + number}`;

test('while a reader takes nothing, no event of its other logs is made; then each point names the place in every log', async () => {
  const events = new Events(10, '');
  const drained = Promise.withResolvers<void>();
  const sent: string[] = [];
  const write = ({ bytes }: { bytes: Buffer }) => {
    sent.push(bytes.toString());
    return sent.length > 1;
  };
  const outlet = { wire: sse, write, drained: () => drained.promise, end: () => {} };
  const view = new EventView(events, { viewer: { userId: 1, username: 'admin', role: 'admin' }, types: [] }, sse, new Batches());
  const reader = new EventReader(events, view, outlet, { number: 0, logs: new Map() });
  let made = 0;
  const make = (point: number) => () => {
    made++;
    return [{ name: 'stdout', json: Buffer.from('{}'), point }];
  };
  const said = Array.from({ length: 16 }, (_, run) => reader.say(runId(run), make(run)));
  for (let turn = 0; turn < 50; turn++) await nextTurn();
  expect([made, sent.length]).toEqual([1, 1]);
  drained.resolve();
  await Promise.all(said);
  expect([made, sent.length]).toEqual([16, 16]);
  const all = Array.from({ length: 16 }, (_, run) => `${runId(run)}:${run}`);
  expect(sent[15]).toBe(`event: stdout\nid: ${[events.idOf(0), ...all].join(';')}\ndata: {}\n\n`);
});
