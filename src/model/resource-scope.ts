// One owner of what is opened for a run: whatever it still owns is closed when it ends, however that comes.
import type { EventEmitter } from 'node:events';
import { closeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** A stream, a socket, a request. */
interface Destroyable {
  once(event: 'close', listener: () => void): unknown;
  on(event: 'error', listener: () => void): unknown;
  destroy(): unknown;
}

/** A descriptor without a stream of its own. */
export interface Descriptor {
  readonly fd: number;
  /** Once or several times. */
  close(): void;
}

export class ResourceScope {
  private readonly open = new Map<object, () => void>();
  private over = false;

  /** Until it closes by itself, is given away, or the scope ends; what is opened after that is closed at once. */
  own<Thing extends Destroyable>(thing: Thing): Thing {
    // one that is told when nobody waits for it any more would end the server
    thing.on('error', () => {});
    this.keep(thing, thing, () => thing.destroy());
    return thing;
  }

  /** The same for a file handle. */
  file(handle: FileHandle): FileHandle {
    // it is an emitter (documented, and missing in the types)
    this.keep(handle, handle as unknown as EventEmitter, () => void handle.close().catch(() => {}));
    return handle;
  }

  /** Throws when the scope has ended: nobody may use the number then. */
  descriptor(fd: number): Descriptor {
    const descriptor = { fd, close: () => void (this.open.delete(descriptor) && closeSync(fd)) };
    this.open.set(descriptor, descriptor.close);
    if (this.over) {
      descriptor.close();
      throw new Error('the run is over');
    }
    return descriptor;
  }

  /** From now on another owner closes it. */
  giveAway(thing: object): void {
    this.open.delete(thing);
  }

  end(): void {
    this.over = true;
    for (const close of [...this.open.values()]) close();
    this.open.clear();
  }

  private keep(thing: object, emitter: Pick<Destroyable, 'once'>, close: () => void): void {
    if (this.over) return close();
    this.open.set(thing, close);
    emitter.once('close', () => this.open.delete(thing));
  }
}
