// The programs' directories: private, owned by the run user, used again when a run left its own empty, else kept with the run.
import { chmodSync, chownSync, lchownSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Occupancy } from './occupancy.js';
import { removeTree } from './remove-tree.js';
import type { RunUser, RunUsers } from './run-users.js';

/** How many empty directories wait for the next run; more are removed. */
const poolBound = 64;

export interface WorkDirectory {
  /** The server's own, which the program may only pass through; holds `work`, `tmp` and what comes with a message. */
  root: string;
  /** The program's cwd, empty at its start. */
  work: string;
  /** HOME and TMPDIR: what a program leaves there is no artifact. */
  temporary: string;
  user: RunUser | null;
  /** Makes a further folder of the run user's before the program starts; its parent must exist. Returns its path. */
  makeFolder(path: string): Promise<string>;
  /** When `work` and `tmp` were last changed by their start; null: they must be looked into. */
  untouched: (number | null)[] | null;
}

export interface Naming {
  users: RunUsers;
  /** New with each server, so that names never meet those of an earlier one. */
  prefix: string;
  /** Whether nothing of a run can be alive after its end, so that the next run in its directory may have its user, too. */
  usersReturn: boolean;
}

export class WorkDirectories {
  private readonly empty: { root: string; user: RunUser | null }[] = [];
  private readonly inUse = new Set<string>();
  private made = 0;
  readonly occupancy = new Occupancy<WorkDirectory>();

  constructor(
    private readonly root: string,
    private readonly naming: Naming,
  ) {
    mkdirSync(this.keptFolder, { recursive: true, mode: 0o700 });
  }

  get users(): RunUsers {
    return this.naming.users;
  }

  async acquire(runId: string): Promise<WorkDirectory> {
    const pooled = this.empty.pop();
    const user = pooled && this.naming.usersReturn ? pooled.user : this.users.acquire();
    const directory = this.directory(pooled?.root ?? this.make(), user);
    directory.untouched = [directory.work, directory.temporary].map((path) => claim(path, user));
    return this.occupancy.enter(runId, directory);
  }

  /** The directory of a run that goes on from an earlier server. */
  reopen(runId: string, { root, user }: Pick<WorkDirectory, 'root' | 'user'>): WorkDirectory {
    this.users.hold(user);
    return this.occupancy.enter(runId, this.directory(root, user));
  }

  /** Gives the directory back: to the pool when it is empty, to the run when it holds files, else it is removed. */
  release(directory: WorkDirectory, runId: string): Promise<void> {
    return this.occupancy.leave(runId, directory, (visited) => this.putAway(directory, runId, visited));
  }

  private async putAway(directory: WorkDirectory, runId: string, visited: boolean): Promise<void> {
    const { root, user } = directory;
    const returns = !visited && this.empty.length < poolBound && isUnusedOrFalse(directory);
    if (!returns || !this.naming.usersReturn) this.users.release(user);
    try {
      if (returns) this.empty.push({ root, user });
      else if (visited || entriesOf(directory.work).length > 0) await this.keep(directory, runId);
      else await removeTree(root);
    } catch {
      // the next server empties the whole folder
    }
    this.inUse.delete(root);
  }

  /** The folder whose `work` has the files that a finished run left; it may be missing. */
  keptRoot(runId: string): string {
    return join(this.keptFolder, runId);
  }

  /** Removes the files that a finished run left. */
  async discard(runId: string): Promise<void> {
    await this.occupancy.left(runId);
    await removeTree(this.keptRoot(runId)).catch(() => {});
  }

  /** What an earlier server left behind, but for the directories of runs that go on, which are reopened before. */
  async emptyOut(): Promise<void> {
    const waiting = new Set([...this.empty.map(({ root }) => root), this.keptFolder]);
    const found = (await readdir(this.root)).map((name) => join(this.root, name));
    for (const path of found.filter((one) => !waiting.has(one) && !this.inUse.has(one))) await removeTree(path).catch(() => {});
  }

  private get keptFolder(): string {
    return join(this.root, 'kept');
  }

  private directory(root: string, user: RunUser | null): WorkDirectory {
    this.inUse.add(root);
    const makeFolder = async (path: string) => {
      await mkdir(path, { mode: 0o700 });
      if (user) chownSync(path, user.uid, user.gid);
      directory.untouched = null;
      return path;
    };
    const directory: WorkDirectory = { root, work: join(root, 'work'), temporary: join(root, 'tmp'), user, makeFolder, untouched: null };
    return directory;
  }

  /** Only what is an artifact stays, where no later run can reach it. */
  private async keep({ root }: WorkDirectory, runId: string): Promise<void> {
    const kept = this.keptRoot(runId);
    await removeTree(kept);
    await rename(root, kept);
    for (const name of await readdir(kept)) if (name !== 'work') await removeTree(join(kept, name));
  }

  private make(): string {
    const root = join(this.root, `${this.naming.prefix}-${++this.made}`);
    for (const path of [root, join(root, 'work'), join(root, 'tmp')]) mkdirSync(path, { mode: 0o711 });
    return root;
  }
}

/** A change within the same tick of the file system's clock as an earlier one does not show. */
const clockTickMs = 50;

/**
 * Makes the folder the user's alone, whatever its mode was; its parent is ours, so that nobody can have put a link there.
 * Returns its ctime, which no program can set, or null when that is too young to tell a further change.
 */
function claim(path: string, user: RunUser | null): number | null {
  const { uid, mode, ctimeMs } = lstatSync(path);
  const isClosed = (mode & 0o777) === 0o700;
  if (user && uid !== user.uid) lchownSync(path, user.uid, user.gid);
  if (!isClosed) chmodSync(path, 0o700);
  return isClosed && (!user || uid === user.uid) && ctimeMs < Date.now() - clockTickMs ? ctimeMs : null;
}

function isUnusedOrFalse(directory: WorkDirectory): boolean {
  try {
    return isUnused(directory);
  } catch {
    return false;
  }
}

function isUnused({ root, work, temporary, untouched }: WorkDirectory): boolean {
  const unchanged = (path: string, index: number) => untouched !== null && untouched[index] === lstatSync(path).ctimeMs;
  if ([work, temporary].every(unchanged)) return true;
  return readdirSync(root).length === 2 && entriesOf(work).length === 0 && entriesOf(temporary).length === 0;
}

/** A program of our own user may have closed its folder against us. */
function entriesOf(path: string): string[] {
  chmodSync(path, 0o711);
  return readdirSync(path);
}
