// The owner of everything that is opened for a run: whatever is still open is closed when the run ends, however it ends.
import type { EventEmitter } from 'node:events';
import { closeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** A stream, a socket, a request. */
interface Destroyable {
  once(event: 'close', listener: () => void): unknown;
  on(event: 'error', listener: () => void): unknown;
  destroy(): unknown;
}

/** A descriptor without a stream. */
export interface Descriptor {
  readonly fd: number;
  /** May be called several times. */
  close(): void;
}

export class ResourceScope {
  private readonly open = new Map<object, () => void>();
  private over = false;

  /** Owns a thing until it closes by itself, is given away, or the scope ends; a thing that is opened after that is closed at once. */
  own<Thing extends Destroyable>(thing: Thing): Thing {
    // an error event without a listener would end the server
    thing.on('error', () => {});
    this.keep(thing, thing, () => thing.destroy());
    return thing;
  }

  /** Like own, for a file handle. */
  file(handle: FileHandle): FileHandle {
    // a file handle is an emitter (documented, but missing in the types)
    this.keep(handle, handle as unknown as EventEmitter, () => void handle.close().catch(() => {}));
    return handle;
  }

  /** Throws when the scope has ended, because its descriptor numbers must not be used any more. */
  descriptor(fd: number): Descriptor {
    const descriptor = { fd, close: () => void (this.open.delete(descriptor) && closeSync(fd)) };
    this.open.set(descriptor, descriptor.close);
    if (this.over) {
      descriptor.close();
      throw new Error('the run is over');
    }
    return descriptor;
  }

  /** Releases a thing, which another owner closes from now on. */
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
