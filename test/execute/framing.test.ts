// Where messages of services begin and end, in whatever pieces they arrive.
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { FrameCutter, type Framing, framedMessage, longestFrameBytes, wholeMessage } from '../../src/execute/io/framing.js';

const written = async (message: (Buffer | string)[], framing: Framing, frame = framedMessage) => {
  const parts: Buffer[] = [];
  for await (const part of frame(Readable.from(message.map((one) => Buffer.from(one))), framing)) parts.push(part);
  return Buffer.concat(parts);
};

/** The frames of `bytes` that come in pieces of this size. */
function framesOf(bytes: Buffer, framing: Framing, pieceBytes: number) {
  const cutter = new FrameCutter(framing);
  const frames = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) frames.push(...cutter.push(bytes.subarray(at, at + pieceBytes)));
  return [...frames, ...cutter.finish()];
}

const textsOf = (frames: { bytes: Buffer }[]) => frames.map(({ bytes }) => bytes.toString());

describe('in', () => {
  test.each([framedMessage, wholeMessage])('a line gets the newline that it lacks, and no second one', async (frame) => {
    expect((await written(['a', 'b'], 'line', frame)).toString()).toBe('ab\n');
    expect((await written(['a\nb\n'], 'line', frame)).toString()).toBe('a\nb\n');
    expect((await written([], 'line', frame)).toString()).toBe('\n');
  });

  test('a length stands before the message, four bytes, the highest first', async () => {
    expect(await written(['a', 'bc'], 'length32')).toEqual(Buffer.from([0, 0, 0, 3, 97, 98, 99]));
    expect(await written([], 'length32')).toEqual(Buffer.alloc(4));
  });

  test('a chunk is as it is', async () => {
    expect((await written(['a', 'b'], 'chunk')).toString()).toBe('ab');
  });

  test('a message that is longer than a frame may be is refused before anything of it is written', async () => {
    const long = [Buffer.alloc(longestFrameBytes), 'x'];
    await expect(written(long, 'length32')).rejects.toMatchObject({ code: 'input_error' });
    await expect(written(long, 'line', wholeMessage)).rejects.toMatchObject({ code: 'input_error' });
    expect((await written(long, 'chunk')).length).toBe(longestFrameBytes + 1);
  });

  test('nothing of a message that breaks off is written', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        throw new Error('broken');
      })(),
    );
    const parts: Buffer[] = [];
    const all = async () => {
      for await (const part of wholeMessage(broken, 'line')) parts.push(part);
    };
    await expect(all()).rejects.toThrow('broken');
    expect(parts).toEqual([]);
  });
});

describe.each([1, 2, 3, 7, 1000])('out, in pieces of %i bytes', (pieceBytes) => {
  test('a line keeps its newline; the last one may lack it', () => {
    const frames = framesOf(Buffer.from('one\n\ntwo\nrest'), 'line', pieceBytes);
    expect(textsOf(frames)).toEqual(['one\n', '\n', 'two\n', 'rest']);
    expect(frames.map(({ position }) => position)).toEqual([4, 5, 9, 13]);
  });

  test('a message comes without its length', () => {
    const bytes = Buffer.concat([
      Buffer.from([0, 0, 0, 2]),
      Buffer.from('ab'),
      Buffer.alloc(4),
      Buffer.from([0, 0, 0, 1]),
      Buffer.from('c'),
    ]);
    const frames = framesOf(bytes, 'length32', pieceBytes);
    expect(textsOf(frames)).toEqual(['ab', '', 'c']);
    expect(frames.map(({ position }) => position)).toEqual([6, 10, 15]);
  });
});

test('chunks come as they are read', () => {
  expect(textsOf(framesOf(Buffer.from('abcde'), 'chunk', 2))).toEqual(['ab', 'cd', 'e']);
});

test('a message that is too long, or shorter than its length says, is an output_error', () => {
  const coded = (act: () => unknown) => {
    try {
      act();
    } catch (error) {
      return (error as { code?: string }).code;
    }
    return 'none';
  };
  const endless = new FrameCutter('line');
  const piece = Buffer.alloc(2 ** 20, 'x');
  const push = (times: number) => Array.from({ length: times }, () => [...endless.push(piece)]);
  expect(coded(() => push(16))).toBe('none');
  expect(coded(() => push(1))).toBe('output_error');
  expect(coded(() => framesOf(Buffer.from([255, 0, 0, 0]), 'length32', 4))).toBe('output_error');
  expect(coded(() => framesOf(Buffer.from([0, 0, 0, 9, 1]), 'length32', 5))).toBe('output_error');
});
