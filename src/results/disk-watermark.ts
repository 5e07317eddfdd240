// Whether the disk that holds DATA_DIR has room for more; looked at once a second at most.
import { statfsSync } from 'node:fs';
import { CodedError } from '../protocol/coded-error.js';

const believedMs = 1000;
const mostBytes = 2 ** 30;
const leastPart = 0.05;

export class DiskWatermark {
  private freeUntilMs = 0;

  /** `freeBytes` undefined: 5 % of the disk or 1 GiB, whichever is smaller. */
  constructor(
    private readonly path: string,
    private readonly freeBytes: number | undefined,
  ) {}

  /** Throws disk_full when less is free. */
  check(): void {
    const nowMs = performance.now();
    if (nowMs < this.freeUntilMs) return;
    const { bavail, blocks, bsize } = statfsSync(this.path);
    const wanted = this.freeBytes ?? Math.min(mostBytes, blocks * bsize * leastPart);
    if (bavail * bsize < wanted) {
      throw new CodedError('disk_full', `less than ${Math.round(wanted)} bytes are free on the disk of the server (DISK_WATERMARK)`);
    }
    this.freeUntilMs = nowMs + believedMs;
  }
}
