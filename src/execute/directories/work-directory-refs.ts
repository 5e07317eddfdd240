// Which run is in which work directory, and which visitors look into the directory from outside: no other run gets it meanwhile.
import { CompactingMap } from '../../model/compacting-map.js';

interface Stay<Directory> {
  directory: Directory;
  visitors: number;
  over: boolean;
}

export interface Visit<Directory> {
  directory: Directory;
  /** True once the run has ended. */
  isOver(): boolean;
  done(): void;
}

export class WorkDirectoryRefs<Directory> {
  private readonly stays = new CompactingMap<Stay<Directory>>();
  private readonly leaving = new CompactingMap<Promise<void>>();

  enter(runId: string, directory: Directory): Directory {
    this.stays.set(runId, { directory, visitors: 0, over: false });
    return directory;
  }

  /** For a look from outside that changes nothing: another run may get the directory meanwhile. */
  of(runId: string): Directory | null {
    return this.stays.get(runId)?.directory ?? null;
  }

  /** Null when the run has no directory, or no longer has one. */
  visit(runId: string): Visit<Directory> | null {
    const stay = this.stays.get(runId);
    if (!stay) return null;
    stay.visitors++;
    return { directory: stay.directory, isOver: () => stay.over, done: () => stay.visitors-- };
  }

  /** The run has ended. `putAway` learns whether a visitor is still in the directory: then no other run may get the directory. */
  async leave(runId: string, directory: Directory, putAway: (visited: boolean) => Promise<void>): Promise<void> {
    const stay = this.stays.get(runId);
    const own = stay?.directory === directory;
    if (own) {
      stay.over = true;
      this.stays.delete(runId);
    }
    const away = putAway(own && stay.visitors > 0);
    this.leaving.set(runId, away);
    await away.finally(() => {
      if (this.leaving.get(runId) === away) this.leaving.delete(runId);
    });
  }

  /** Resolves when the directory that the run had has been put away. */
  async left(runId: string): Promise<void> {
    await this.leaving.get(runId);
  }
}
