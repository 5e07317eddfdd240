// Copies a live message to a file while it passes to its program, so that the run can be repeated; one beyond the bound is not copied.
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Readable, Transform } from 'node:stream';

export class MessageCopy extends Transform {
  /** How many bytes have passed. */
  bytes = 0;
  /** True once the whole message has passed and is in the file. */
  isWhole = false;
  private file: FileHandle | null = null;
  private isDropped = false;
  private adding: Promise<void> = Promise.resolve();

  /** Breaks off when `source` does, with its error. Whoever owns `path` removes the file of a copy that is not whole. */
  constructor(
    source: Readable,
    private readonly path: string,
    private readonly boundBytes: number,
  ) {
    super();
    // it may break off before anybody reads it
    this.on('error', () => {});
    source.once('error', (error) => this.destroy(error));
    source.once('close', () => source.readableEnded || this.destroy());
    if (source.destroyed) this.destroy();
    else source.pipe(this);
  }

  /** The next chunk waits until this one is in the file. */
  override _transform(chunk: Buffer, _encoding: string, done: () => void): void {
    this.push(chunk);
    this.bytes += chunk.length;
    if (this.bytes > this.boundBytes) this.isDropped = true;
    this.adding = (this.isDropped ? this.endCopy() : this.add(chunk)).catch(() => this.endCopy());
    void this.adding.then(done);
  }

  override _flush(done: () => void): void {
    const isWhole = !this.isDropped;
    void this.endCopy().then(() => {
      this.isWhole = isWhole;
      done();
    });
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.isDropped = true;
    void this.adding.then(() => this.endCopy()).then(() => done(error));
  }

  private async add(chunk: Buffer): Promise<void> {
    this.file ??= await this.create();
    await this.file.writeFile(chunk);
  }

  private async create(): Promise<FileHandle> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    return open(this.path, 'w', 0o600);
  }

  /** Writes no more; what is in the file stays. */
  private async endCopy(): Promise<void> {
    this.isDropped = true;
    const { file } = this;
    this.file = null;
    await file?.close().catch(() => {});
  }
}
