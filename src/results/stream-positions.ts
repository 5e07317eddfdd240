// Where the bytes of each stream stand in large logs: a log is read from the nearest known place on instead of from its beginning.
import { Injectable } from '@nestjs/common';
import { frameHeadBytes, type LogStream } from '../model/log-format.js';
import type { LogSource } from '../model/log-source.js';
import { beginning, type StreamMark } from './stream-part.js';

/** Smaller logs are read anew each time. */
const remarkableBytes = 1024 * 1024;
const spacingBytes = 16 * 1024 * 1024;
/** How many logs are remembered; the one that has not been read for the longest time is forgotten. */
const logsBound = 200;
/** How many marks a log has; beyond it every other one is dropped. */
const marksBound = 1000;
/** How much is read at once to count many small frames. */
const countedBytes = 64 * 1024;

/** One attempt of a run: the log of each only grows. */
export interface Logged {
  runId: string;
  attempt: number;
  log: LogSource;
}

@Injectable()
export class StreamPositions {
  /** The marks by log, in their order; the last one is the furthest that is known, and moves on. */
  private readonly known = new Map<string, StreamMark[]>();

  /** How many bytes each stream has now. Of a log of large frames only their heads are read. Closes the log. */
  async count(logged: Logged): Promise<StreamMark> {
    const { log } = logged;
    let mark = this.marksOf(logged).findLast(({ offset }) => offset <= log.sizeBytes) ?? beginning;
    let lengthBytes = countedBytes;
    try {
      for (let next = mark; ; next = mark) {
        const heads = await log.read(mark.offset, lengthBytes);
        mark = passHeads(mark, heads, log.sizeBytes);
        if (mark === next) return mark;
        this.note(logged, mark);
        lengthBytes = mark.offset - next.offset >= 2 * countedBytes ? frameHeadBytes : countedBytes;
      }
    } finally {
      await log.close();
    }
  }

  /** The last known mark that is not behind this position of the stream. */
  before(logged: Logged, stream: LogStream, position: number): StreamMark {
    return this.marksOf(logged).findLast((mark) => mark[stream] <= position && mark.offset <= logged.log.sizeBytes) ?? beginning;
  }

  /** Remembers a mark to which a reader has come. */
  note(logged: Logged, mark: StreamMark): void {
    const marks = this.marksOf(logged);
    const [last, former = beginning] = [marks.at(-1), marks.at(-2)];
    if (mark.offset < remarkableBytes || (last && mark.offset <= last.offset)) return;
    if (last && last.offset - former.offset < spacingBytes) marks.pop();
    marks.push(mark);
    const key = keyOf(logged);
    this.known.delete(key);
    this.known.set(key, marks.length > marksBound ? marks.filter((_one, index) => index % 2 === 1) : marks);
    const [oldest] = this.known.keys();
    if (this.known.size > logsBound) this.known.delete(oldest);
  }

  private marksOf(logged: Logged): StreamMark[] {
    return this.known.get(keyOf(logged)) ?? [];
  }
}

function keyOf({ runId, attempt }: Logged): string {
  return `${runId} ${attempt}`;
}

/** The mark behind the last whole frame whose head is among these bytes, which begin at `mark`; the same mark when there is none. */
function passHeads(mark: StreamMark, heads: Buffer, sizeBytes: number): StreamMark {
  const sizes = [mark.stdout, mark.stderr];
  let at = 0;
  while (at + frameHeadBytes <= heads.length) {
    const lengthBytes = heads.readUInt32LE(at + 4);
    if (mark.offset + at + frameHeadBytes + lengthBytes > sizeBytes) break;
    sizes[heads[at]] += lengthBytes;
    at += frameHeadBytes + lengthBytes;
  }
  return at === 0 ? mark : { offset: mark.offset + at, stdout: sizes[0], stderr: sizes[1] };
}
