// The journal of ends of runs that the database has not yet stored: one file of DATA_DIR, whose space is reserved in advance.
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { Injectable, Logger } from '@nestjs/common';
import { RunsRoot } from '../results/outputs.js';
import type { Unstored } from './record-writer.js';

/** On a full disk this has space for some hundred ends, or for some ten with the longest log that is kept with an end. */
const reservedBytes = 2 ** 20;
/** The most bytes of the journal. */
const boundBytes = 2 ** 26;
/** Magic, length of the entry, checksum of the entry, 1 while it counts: four uint32. */
const headBytes = 16;
const magic = 0x31646e45;

export interface UnstoredEnd extends Unstored {
  runId: string;
}

@Injectable()
export class EndJournal {
  private readonly logger = new Logger('runs');
  private readonly path: string;
  private file: FileHandle | null = null;
  private readonly places = new Map<string, number>();
  private endBytes = 0;
  private step: Promise<unknown> = Promise.resolve();

  constructor(root: RunsRoot) {
    this.path = join(dirname(root.path), 'ends');
  }

  /** To be called at boot: returns the ends that an earlier server could not store, and reserves space on the disk. */
  async open(): Promise<UnstoredEnd[]> {
    this.file = await open(this.path, constants.O_RDWR | constants.O_CREAT, 0o600);
    const { size } = await this.file.stat();
    if (size < reservedBytes) await this.reserve(size);
    const found: UnstoredEnd[] = [];
    for await (const { end, at, nextAt } of entriesOf(this.file)) {
      this.places.set(end.runId, at);
      this.endBytes = nextAt;
      found.push(end);
    }
    return found;
  }

  /** Resolves to false when the end does not fit. */
  keep(end: UnstoredEnd): Promise<boolean> {
    return this.inTurn(() => this.append(end));
  }

  /** Removes an end that is stored, or whose run no longer exists. */
  async forget(runId: string): Promise<void> {
    if (this.places.has(runId)) await this.inTurn(() => this.strike(runId));
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.step.then(work);
    this.step = done.catch(() => {});
    return done;
  }

  private async append(end: UnstoredEnd): Promise<boolean> {
    const entry = encode(end);
    const at = this.endBytes;
    if (at + entry.length > boundBytes) return false;
    try {
      // an empty head ends the entries, because old data may follow
      await this.file!.write(Buffer.concat([entry, Buffer.alloc(headBytes)]), 0, entry.length + headBytes, at);
      await this.file!.datasync();
    } catch (error) {
      this.logger.error(`end of run ${end.runId} is only kept in memory: ${(error as Error).message}`);
      return false;
    }
    const former = this.places.get(end.runId);
    this.places.set(end.runId, at);
    this.endBytes = at + entry.length;
    if (former !== undefined) await this.cross(former);
    return true;
  }

  private async strike(runId: string): Promise<void> {
    const at = this.places.get(runId);
    if (at === undefined) return;
    this.places.delete(runId);
    await this.cross(at);
    if (this.places.size > 0) return;
    this.endBytes = 0;
    await this.file!.write(Buffer.alloc(headBytes), 0, headBytes, 0);
    await this.file!.truncate(reservedBytes);
  }

  private async cross(at: number): Promise<void> {
    await this.file!.write(Buffer.alloc(4), 0, 4, at + headBytes - 4);
  }

  /** Written zeros take space on the disk, where a hole would not. */
  private async reserve(fromBytes: number): Promise<void> {
    const zeros = Buffer.alloc(reservedBytes - fromBytes);
    await this.file!.write(zeros, 0, zeros.length, fromBytes).catch((error: Error) => {
      this.logger.warn(`space for the ends of runs could not be reserved in ${this.path}: ${error.message}`);
    });
  }
}

function encode({ runId, change, frames }: UnstoredEnd): Buffer {
  const text = Buffer.from(JSON.stringify({ runId, change, hasFrames: frames !== null }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const entry = Buffer.concat([length, text, frames ?? Buffer.alloc(0)]);
  const head = Buffer.alloc(headBytes);
  for (const [index, value] of [magic, entry.length, crc32(entry), 1].entries()) head.writeUInt32LE(value, 4 * index);
  return Buffer.concat([head, entry]);
}

interface Found {
  end: UnstoredEnd;
  at: number;
  nextAt: number;
}

/** Reads up to the first incomplete entry: the last one may have been cut. */
async function* entriesOf(file: FileHandle): AsyncGenerator<Found> {
  for (let at = 0; ; ) {
    const head = await readAt(file, at, headBytes);
    if (head.length < headBytes) return;
    const [mark, length, sum, counts] = [0, 4, 8, 12].map((offset) => head.readUInt32LE(offset));
    if (mark !== magic || length > boundBytes) return;
    const entry = await readAt(file, at + headBytes, length);
    if (entry.length !== length || crc32(entry) !== sum) return;
    const nextAt = at + headBytes + length;
    if (counts === 1) yield { end: decode(entry), at, nextAt };
    at = nextAt;
  }
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}

function decode(entry: Buffer): UnstoredEnd {
  const textBytes = entry.readUInt32LE(0);
  const { runId, change, hasFrames } = JSON.parse(entry.toString('utf8', 4, 4 + textBytes));
  return { runId, change, frames: hasFrames ? Buffer.from(entry.subarray(4 + textBytes)) : null };
}
