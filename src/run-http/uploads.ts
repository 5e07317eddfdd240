// Files that users have sent ahead, to be named as upload:ID in several requests: each is its user's, and goes when it is not used for a while.
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { spool } from '../http/spool.js';
import { CodedError } from '../model/coded-error.js';
import { extensionOf, typeByName } from '../results/content-type.js';

interface Upload {
  ownerId: number;
  name: string | null;
  mediaType?: string;
  /** Null until it has arrived. */
  bytes: number | null;
  isArriving: boolean;
  /** How many are reading it. */
  readers: number;
  goesAtMs: number;
  endsAtMs: number;
}

export interface Arriving {
  content: Readable;
  mediaType?: string;
  /** Asked when all of it has come: throws when it is not to be kept. */
  check: () => void;
}

export interface UploadBounds {
  /** DATA_DIR/uploads. */
  folder: string;
  /** The most bytes of one. */
  bytes: number;
  /** Throws disk_full. */
  room: () => void;
}

/** For so long it may be sent, and stays unused. */
export const unusedMs = 10 * 60_000;
const longestMs = 60 * 60_000;
const sweepMs = 30_000;
/** What one user may have at a time: a number of uploads, and the bytes of four of the largest. */
const mostOfUser = 50;
const largestOfUser = 4;

export class Uploads {
  private readonly held = new Map<string, Upload>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly bounds: UploadBounds) {}

  get bytesBound(): number {
    return this.bounds.bytes;
  }

  /** What an earlier server has left is of no use: nobody knows any more whose it is. */
  begin(): Promise<void> {
    return rm(this.bounds.folder, { recursive: true, force: true });
  }

  /** The id of a file that its user will send. Throws too_many_uploads. */
  announce(ownerId: number, name: string | null): string {
    const own = this.ofUser(ownerId);
    if (own.length >= mostOfUser) throw new CodedError('too_many_uploads', `at most ${mostOfUser} uploads of one user are kept at once`);
    const id = randomBytes(18).toString('base64url');
    const nowMs = Date.now();
    const upload = { ownerId, name, bytes: null, isArriving: false, readers: 0 };
    this.held.set(id, { ...upload, goesAtMs: nowMs + unusedMs, endsAtMs: nowMs + longestMs });
    this.timer ??= setInterval(() => this.sweep(), sweepMs).unref();
    return id;
  }

  /** Takes the file, once. Throws not_found, wrong_state, message_too_large, too_many_uploads, disk_full, and what `check` throws. */
  async receive(ownerId: number, id: string, { content, mediaType, check }: Arriving): Promise<number> {
    const upload = this.find(ownerId, id);
    if (upload.bytes !== null || upload.isArriving) throw new CodedError('wrong_state', `the upload ${id} has been sent already`);
    this.bounds.room();
    const takenBytes = this.ofUser(ownerId).reduce((sum, one) => sum + (one.bytes ?? (one.isArriving ? this.bounds.bytes : 0)), 0);
    const leftBytes = largestOfUser * this.bounds.bytes - takenBytes;
    if (leftBytes <= 0)
      throw new CodedError('too_many_uploads', `the uploads of one user may have ${largestOfUser * this.bounds.bytes} bytes together`);
    upload.isArriving = true;
    try {
      const options = { boundBytes: Math.min(leftBytes, this.bounds.bytes), digested: false, room: this.bounds.room };
      const { bytes } = await spool(content, this.pathOf(id), options);
      check();
      Object.assign(upload, { bytes, mediaType });
      this.touch(upload);
      return bytes;
    } catch (error) {
      await rm(this.pathOf(id), { force: true });
      throw error;
    } finally {
      upload.isArriving = false;
    }
  }

  /** Throws not_found for those of others too, and wrong_state for what has not arrived. */
  async open(ownerId: number, id: string): Promise<{ name: string; mediaType?: string; content: Readable }> {
    const upload = this.find(ownerId, id);
    if (upload.bytes === null) throw new CodedError('wrong_state', 'the upload has not arrived');
    this.touch(upload);
    upload.readers++;
    const content = createReadStream(this.pathOf(id));
    content.once('close', () => {
      upload.readers--;
      this.touch(upload);
    });
    const name = upload.name ?? ['upload', extensionOf(upload.mediaType)].filter(Boolean).join('.');
    return { name, mediaType: upload.mediaType ?? typeByName(name) ?? undefined, content };
  }

  private find(ownerId: number, id: string): Upload {
    const upload = this.held.get(id);
    if (upload?.ownerId !== ownerId || isOver(upload)) throw new CodedError('not_found', `there is no upload ${id}`);
    return upload;
  }

  private touch(upload: Upload): void {
    upload.goesAtMs = Date.now() + unusedMs;
  }

  private ofUser(ownerId: number): Upload[] {
    return [...this.held.values()].filter((upload) => upload.ownerId === ownerId && !isOver(upload));
  }

  private sweep(): void {
    for (const [id, upload] of this.held) {
      if (!isOver(upload) || upload.isArriving) continue;
      this.held.delete(id);
      void rm(this.pathOf(id), { force: true });
    }
    if (this.held.size > 0 || !this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
  }

  private pathOf(id: string): string {
    return join(this.bounds.folder, id);
  }
}

/** One that is being read stays. */
function isOver({ goesAtMs, endsAtMs, readers }: Upload): boolean {
  return readers === 0 && Date.now() >= Math.min(goesAtMs, endsAtMs);
}
