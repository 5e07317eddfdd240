// The programs' directories: private and owned by the run user. An empty one is reused by runs of the same owner; any other is kept with its run.
import { chmodSync, existsSync, lchownSync, lstatSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { release } from 'node:os';
import { basename, join } from 'node:path';
import type { RunOrder } from '../../model/run-order.js';
import { removeTree } from './remove-tree.js';
import type { RunUser, RunUsers } from './run-users.js';
import { WorkDirectoryRefs } from './work-directory-refs.js';

/** How many empty directories wait for the next run; above this limit the oldest is removed. */
const poolBound = 64;

/** Since Linux 6.13 a change after a look at a file's times shows in these times, however soon the change comes. */
const [major, minor] = release().split('.').map(Number);
const timesTell = major > 6 || (major === 6 && minor >= 13);
/** Before Linux 6.13, a change within the same tick of the file system's clock does not show. */
const clockTickMs = 50;

/** An empty directory that waits for a run of its owner only: another owner could have prepared it (a watch on a directory outlives its run). */
type Pooled = Pick<WorkDirectory, 'root' | 'user' | 'ownerId' | 'changedMs'>;

export interface WorkDirectory {
  /** The server's own folder, which the program may only pass through. It holds `work`, `tmp` and what comes with a message. */
  root: string;
  /** The program's cwd, empty at its start. */
  work: string;
  /** HOME and TMPDIR: what a program leaves there is not an artifact. */
  temporary: string;
  user: RunUser | null;
  /** The owner of the run; null: the directory is an earlier server's. */
  ownerId: number | null;
  /** Creates another folder of the run user before the program starts. The parent must exist. Returns the folder's path. */
  makeFolder(path: string): Promise<string>;
  /** The ctimes of `work` and `tmp` at the start, which no program can set; null: a later change could not be detected. */
  changedMs: (number | null)[];
}

export interface Naming {
  users: RunUsers;
  /** New for each server, so that names never collide with those of an earlier server. */
  prefix: string;
  /** Whether nothing of a run can be alive after its end, so that the next run in its directory may have the same user. */
  usersReturn: boolean;
}

export class WorkDirectories {
  private readonly empty: Pooled[] = [];
  private readonly inUse = new Set<string>();
  private made = 0;
  readonly occupancy = new WorkDirectoryRefs<WorkDirectory>();

  constructor(
    private readonly root: string,
    private readonly naming: Naming,
  ) {
    mkdirSync(this.keptFolder, { recursive: true, mode: 0o700 });
  }

  get users(): RunUsers {
    return this.naming.users;
  }

  /** Creates the folder of all work directories again when somebody has removed it. Throws errors of the system. */
  restore(): void {
    if (existsSync(this.keptFolder)) return;
    mkdirSync(this.root, { recursive: true, mode: 0o711 });
    chmodSync(this.root, 0o711);
    mkdirSync(this.keptFolder, { recursive: true, mode: 0o700 });
    const gone = this.empty.filter(({ root }) => !existsSync(root));
    this.empty.splice(0, this.empty.length, ...this.empty.filter((waiting) => !gone.includes(waiting)));
    if (this.naming.usersReturn) for (const { user } of gone) this.users.release(user);
  }

  /** `named`: the user that the definition names. Such a run gets a new directory, and no other run gets it afterwards. */
  async acquire({ runId, ownerId }: Pick<RunOrder, 'runId' | 'ownerId'>, named: RunUser | null): Promise<WorkDirectory> {
    this.restore();
    if (named) return this.occupancy.enter(runId, claimed(this.directory({ root: this.make(), user: named, ownerId })));
    const place = this.empty.findLastIndex((waiting) => waiting.ownerId === ownerId);
    const pooled = place < 0 ? undefined : this.empty.splice(place, 1)[0];
    // directories that wait for other owners may hold the last users
    while (!pooled && this.naming.usersReturn && this.users.areTaken && this.empty.length > 0) await this.dropOldest();
    const user = pooled && this.naming.usersReturn ? pooled.user : this.users.acquire();
    const directory = this.directory({ root: pooled?.root ?? this.make(), user, ownerId });
    if (pooled && user === pooled.user) directory.changedMs = pooled.changedMs;
    else if (pooled)
      directory.changedMs = [directory.work, directory.temporary].map((path, index) => passOn(path, user, pooled.changedMs[index]));
    return this.occupancy.enter(runId, directory.changedMs.includes(null) ? claimed(directory) : directory);
  }

  /** The directory of a run that continues from an earlier server. */
  reopen(runId: string, { root, user }: Pick<WorkDirectory, 'root' | 'user'>): WorkDirectory {
    if (!user?.named) this.users.hold(user);
    return this.occupancy.enter(runId, this.directory({ root, user, ownerId: null }));
  }

  /** Gives the directory back: to the pool when it is empty, to the run when it holds files to keep. Any other directory is removed. */
  release(directory: WorkDirectory, runId: string, { keep }: { keep: boolean }): Promise<void> {
    return this.occupancy.leave(runId, directory, (visited) => this.putAway(directory, keep ? runId : null, visited));
  }

  private async putAway(directory: WorkDirectory, keeper: string | null, visited: boolean): Promise<void> {
    const { root, user } = directory;
    // a directory of an earlier server is removed, now or together with what that server left
    const returns = !visited && !user?.named && this.isOwn(basename(root)) && isReusable(directory);
    if (!user?.named && (!returns || !this.naming.usersReturn)) this.users.release(user);
    if (returns) return this.pool(directory);
    try {
      if (keeper !== null && (visited || entriesOf(directory.work).length > 0)) await this.keep(directory, keeper);
      else await removeTree(root);
    } catch {
      // a program of our own user may have removed a part of the directory
      await removeTree(root).catch(() => {});
    }
    this.inUse.delete(root);
  }

  private async pool({ root, user, ownerId, changedMs }: WorkDirectory): Promise<void> {
    this.inUse.delete(root);
    this.empty.push({ root, user, ownerId, changedMs });
    if (this.empty.length > poolBound) await this.dropOldest();
  }

  private async dropOldest(): Promise<void> {
    const [{ root, user }] = this.empty.splice(0, 1);
    if (this.naming.usersReturn) this.users.release(user);
    await removeTree(root).catch(() => {});
  }

  /** The folder whose `work` has the files that a finished run left; this folder may be missing. */
  keptRoot(runId: string): string {
    return join(this.keptFolder, runId);
  }

  /** Removes the files that a finished run left. */
  async discard(runId: string): Promise<void> {
    await this.occupancy.left(runId);
    await removeTree(this.keptRoot(runId)).catch(() => {});
  }

  /** Removes what an earlier server left, except the directories of continuing runs, which are reopened before. */
  async emptyOut(): Promise<void> {
    for (const name of await readdir(this.root).catch(() => [])) {
      const path = join(this.root, name);
      if (!this.isOwn(name) && path !== this.keptFolder && !this.inUse.has(path)) await removeTree(path).catch(() => {});
    }
  }

  /** Whether a directory of this name was created by this server. */
  private isOwn(name: string): boolean {
    return name.startsWith(`${this.naming.prefix}-`);
  }

  private get keptFolder(): string {
    return join(this.root, 'kept');
  }

  private directory({ root, user, ownerId }: Pick<WorkDirectory, 'root' | 'user' | 'ownerId'>): WorkDirectory {
    this.inUse.add(root);
    const makeFolder = async (path: string) => {
      await mkdir(path, { mode: 0o700 });
      if (user) lchownSync(path, user.uid, user.gid);
      directory.changedMs = [null, null];
      return path;
    };
    const directory: WorkDirectory = {
      root,
      work: join(root, 'work'),
      temporary: join(root, 'tmp'),
      user,
      ownerId,
      makeFolder,
      changedMs: [null, null],
    };
    return directory;
  }

  /** Keeps only artifacts, where no later run can reach them. */
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

/** The directory, whose folders its user alone has from now on. */
function claimed(directory: WorkDirectory): WorkDirectory {
  directory.changedMs = [directory.work, directory.temporary].map((path) => claim(path, directory.user));
  return directory;
}

/**
 * Gives the folder to the user alone, whatever its mode was. The parent is ours, so that nobody can have put a link there.
 * Returns the folder's ctime, or null when a later change would not show in the ctime.
 */
function claim(path: string, user: RunUser | null): number | null {
  const { uid, mode, ctimeMs } = lstatSync(path);
  const changesOwner = user !== null && uid !== user.uid;
  const changesMode = (mode & 0o777) !== 0o700;
  if (changesOwner) lchownSync(path, user.uid, user.gid);
  if (changesMode) chmodSync(path, 0o700);
  if (timesTell) return changesOwner || changesMode ? lstatSync(path).ctimeMs : ctimeMs;
  return changesOwner || changesMode || ctimeMs > Date.now() - clockTickMs ? null : ctimeMs;
}

/** For a folder that came back unchanged: only its owner changes. Null: the folder must be claimed anew. */
function passOn(path: string, user: RunUser | null, changedMs: number | null): number | null {
  if (!timesTell || changedMs === null || user === null) return null;
  lchownSync(path, user.uid, user.gid);
  const { mode, ctimeMs } = lstatSync(path);
  return (mode & 0o777) === 0o700 ? ctimeMs : null;
}

/** Whether the directory may go back to the pool, after its changed folders were created anew. */
function isReusable(directory: WorkDirectory): boolean {
  const { root, work, temporary, user, changedMs } = directory;
  const hasChanged = (path: string, index: number) => changedMs[index] === null || lstatSync(path).ctimeMs !== changedMs[index];
  try {
    // a program of our own user may have changed the mode of the folder around its directories
    if (user === null && (lstatSync(root).mode & 0o777) !== 0o711) return false;
    const changed = [work, temporary].filter(hasChanged);
    if (changed.length > 0 && readdirSync(root).length > 2) return false;
    for (const path of changed) renew(path);
    if (changed.length > 0) directory.changedMs = [null, null];
    return true;
  } catch {
    return false;
  }
}

/** Replaces a folder that the program has changed: it may carry attributes, such as an ACL that later files would inherit. Throws when the folder is not empty. */
function renew(path: string): void {
  rmdirSync(path);
  mkdirSync(path, { mode: 0o700 });
}

/** A program of our own user may have closed its folder against us. */
function entriesOf(path: string): string[] {
  chmodSync(path, 0o711);
  return readdirSync(path);
}
