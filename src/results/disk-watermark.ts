// Checks whether the disk that holds DATA_DIR has enough free space, at most once a second.
import { type StatsFs, statfsSync } from 'node:fs';
import { CodedError } from '../model/coded-error.js';

const believedMs = 1000;
const mostBytes = 2 ** 30;
const leastPart = 0.05;
/** The upper and the lower bound of how many further files must be possible: a run creates two. */
const [mostFiles, leastFiles] = [1000, 8];

export class DiskWatermark {
  private freeUntilMs = 0;

  /** `freeBytes` undefined: 5 % of the disk or 1 GiB, whichever is smaller. */
  constructor(
    private readonly path: string,
    private readonly freeBytes: number | undefined,
  ) {}

  /** Throws disk_full when less is free, or when hardly any file can be created; not_ready when the folder is gone. */
  check(): void {
    const nowMs = performance.now();
    if (nowMs < this.freeUntilMs) return;
    const { bavail, blocks, bsize, files, ffree } = this.look();
    const wanted = this.freeBytes ?? Math.min(mostBytes, blocks * bsize * leastPart);
    if (bavail * bsize < wanted) {
      throw new CodedError('disk_full', `less than ${Math.round(wanted)} bytes are free on the disk of the server (DISK_WATERMARK)`);
    }
    // 0: the file system has no fixed number of files
    const wantedFiles = files === 0 ? 0 : Math.min(mostFiles, Math.max(leastFiles, files * leastPart));
    if (ffree < wantedFiles) {
      throw new CodedError(
        'disk_full',
        `fewer than ${Math.round(wantedFiles)} further files can be created on the disk of the server (inodes)`,
      );
    }
    this.freeUntilMs = nowMs + believedMs;
  }

  /** What is free for us, and how much the disk has; null while the folder is gone. */
  get bytes(): { free: number; total: number } | null {
    try {
      const { bavail, blocks, bsize } = this.look();
      return { free: bavail * bsize, total: blocks * bsize };
    } catch {
      return null;
    }
  }

  private look(): StatsFs {
    try {
      return statfsSync(this.path);
    } catch (error) {
      throw new CodedError('not_ready', `DATA_DIR ${this.path} cannot be checked: ${(error as Error).message}`, { retryAfterSeconds: 5 });
    }
  }
}
