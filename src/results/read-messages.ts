// Reads the kept messages of a service after a given one: first those that exist, later those that have come since.
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeMessage, entryBytes, type KeptMessage, messageHeadBytes, segmentsAmong } from '../model/message-log.js';

const blockBytes = 256 * 1024;

export class MessageReader {
  private segment: number | undefined;
  private file: FileHandle | null = null;
  private offset = 0;

  /** `folder`: the folder of the messages; `after`: the id of the last message that is already known. */
  constructor(
    private readonly folder: string,
    private after: number,
  ) {}

  /** The messages that have not been read yet; messages that were removed for their age are skipped. */
  async *pending(): AsyncGenerator<KeptMessage> {
    for (;;) {
      // listed before reading: a segment that is added after this is found by the next call
      const segments = segmentsAmong(await readdir(this.folder).catch(() => []));
      this.segment ??= segments.findLast((first) => first <= this.after + 1) ?? segments[0];
      if (this.segment === undefined) return;
      yield* this.rest(this.segment);
      const next = segments.find((first) => first > (this.segment as number));
      if (next === undefined) return;
      await this.close();
      this.segment = next;
      this.offset = 0;
    }
  }

  async close(): Promise<void> {
    await this.file?.close();
    this.file = null;
  }

  private async *rest(segment: number): AsyncGenerator<KeptMessage> {
    this.file ??= await open(join(this.folder, String(segment)), 'r').catch(() => null);
    for (let block = await this.nextBlock(); block; block = await this.nextBlock()) {
      for (let at = 0; at + messageHeadBytes <= block.length && at + entryBytes(block, at) <= block.length; ) {
        const message = decodeMessage(block, at);
        const length = entryBytes(block, at);
        at += length;
        this.offset += length;
        if (message.id <= this.after) continue;
        this.after = message.id;
        yield message;
      }
    }
  }

  /** At least one whole entry; null when there is none. */
  private async nextBlock(): Promise<Buffer | null> {
    const block = await this.read(blockBytes);
    if (block.length < messageHeadBytes) return null;
    const needed = entryBytes(block, 0);
    if (needed <= block.length) return block;
    const larger = await this.read(needed);
    return larger.length < needed ? null : larger;
  }

  private async read(lengthBytes: number): Promise<Buffer> {
    if (!this.file) return Buffer.alloc(0);
    const block = Buffer.allocUnsafe(lengthBytes);
    const { bytesRead } = await this.file.read(block, 0, lengthBytes, this.offset);
    return block.subarray(0, bytesRead);
  }
}
