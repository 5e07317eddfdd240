// Whether there is room on the disk for what a user is about to start or to send.
import { Injectable } from '@nestjs/common';
import { DiskWatermark } from '../results/disk-watermark.js';
import { UserBytes } from './user-bytes.js';

@Injectable()
export class DiskRoom {
  constructor(
    private readonly disk: DiskWatermark,
    readonly ofUsers: UserBytes,
  ) {}

  /** Throws disk_full when the disk is full for everybody. */
  check(): void {
    this.disk.check();
  }

  /** Throws disk_full also when the runs of this user take all that they may. */
  checkFor(userId: number): void | Promise<void> {
    this.disk.check();
    return this.ofUsers.check(userId);
  }
}
