// Stores messages and uploads that came with a request, and limits their size.
import type { Readable } from 'node:stream';
import { type Spooled, spool } from '../http/spool.js';
import { controlDirectory } from '../model/control-directory.js';
import type { Uploads } from './uploads.js';

export class MessageSpool {
  constructor(
    private readonly runsRoot: string,
    /** The most bytes of a message, or of everything that comes with one request. */
    readonly messageBytes: number,
    /** Throws disk_full when the disk is full for everybody. */
    readonly room: () => void,
    /** The files that users have sent ahead. */
    readonly sentAhead: Uploads,
  ) {}

  /** Writes a message to the place where the run with this id reads it. Throws message_too_large. */
  message(runId: string, source: Readable, { digested = false } = {}): Promise<Spooled> {
    return spool(source, controlDirectory(this.runsRoot, runId).message, { boundBytes: this.messageBytes, digested, room: this.room });
  }

  /** Writes a file of the run with this id under a name that no other of its files has. Throws message_too_large. */
  file(runId: string, name: string, source: Readable): Promise<Spooled> {
    return spool(source, `${this.uploads(runId)}/${name}`, { boundBytes: this.messageBytes, digested: false, room: this.room });
  }

  /** The folder of the files that came with the request of this run. */
  uploads(runId: string): string {
    return controlDirectory(this.runsRoot, runId).uploads;
  }
}
