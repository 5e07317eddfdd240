// Where messages and uploads lie that came with a request, and how large they may be.
import type { Readable } from 'node:stream';
import { type Spooled, spool } from '../http/spool.js';
import { controlDirectory } from '../model/control-directory.js';

export class MessageSpool {
  constructor(
    private readonly runsRoot: string,
    /** The most that a message, or all that comes with one request, may have. */
    readonly messageBytes: number,
  ) {}

  /** Writes a message to where the run of this id finds it. Throws message_too_large. */
  message(runId: string, source: Readable): Promise<Spooled> {
    return spool(source, controlDirectory(this.runsRoot, runId).message, this.messageBytes);
  }

  /** The folder of the files that came with the request of this run. */
  uploads(runId: string): string {
    return controlDirectory(this.runsRoot, runId).uploads;
  }
}
