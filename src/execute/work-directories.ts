// The programs' directories: private, owned by the run user, used again when a run left its own empty, else kept with the run.
import { chmodSync, chownSync, lchownSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
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
  /** When `work` and `temporary` had changed last before the program started. */
  changedMs: number[];
  /** Makes a further folder of the run user's before the program starts; its parent must exist. Returns its path. */
  makeFolder(path: string): Promise<string>;
}

export class WorkDirectories {
  private readonly empty: string[] = [];
  private readonly inUse = new Set<string>();
  private made = 0;

  /** `prefix` is new with each server, so that names never meet those of an earlier one. */
  constructor(
    private readonly root: string,
    private readonly naming: { users: RunUsers; prefix: string },
  ) {
    mkdirSync(this.keptRoot, { recursive: true, mode: 0o700 });
  }

  get users(): RunUsers {
    return this.naming.users;
  }

  async acquire(): Promise<WorkDirectory> {
    const user = this.users.acquire();
    const directory = this.directory(this.empty.pop() ?? this.make(), user);
    for (const path of [directory.work, directory.temporary]) claim(path, user);
    directory.changedMs = changes(directory);
    return directory;
  }

  /** The directory of a run that goes on from an earlier server. */
  reopen(root: string, user: RunUser | null): WorkDirectory {
    this.users.hold(user);
    return this.directory(root, user);
  }

  /** Gives the directory back: to the pool when it is empty, to the run when it holds files, else it is removed. */
  async release(directory: WorkDirectory, runId: string): Promise<void> {
    this.users.release(directory.user);
    try {
      const changedMs = changes(directory);
      // a program of our own user may have closed it against us
      if (!directory.user) for (const path of [directory.work, directory.temporary]) claim(path, null);
      if (this.empty.length < poolBound && isUnused(directory)) {
        renew(directory, changedMs);
        this.empty.push(directory.root);
      } else if (readdirSync(directory.work).length > 0) await this.keep(directory, runId);
      else await removeTree(directory.root);
    } catch {
      // a program of our own user may have removed a part of it
      await removeTree(directory.root).catch(() => {});
    }
    this.inUse.delete(directory.root);
  }

  /** Where the files are that a finished run left; the folder may be missing. */
  keptFiles(runId: string): string {
    return join(this.keptRoot, runId, 'work');
  }

  /** Removes the files that a finished run left. */
  async discard(runId: string): Promise<void> {
    await removeTree(join(this.keptRoot, runId)).catch(() => {});
  }

  /** What an earlier server left behind, but for the directories of runs that go on, which are reopened before. */
  async emptyOut(): Promise<void> {
    const waiting = new Set([...this.inUse, ...this.empty, this.keptRoot]);
    const found = (await readdir(this.root)).map((name) => join(this.root, name));
    for (const path of found.filter((one) => !waiting.has(one) && !this.inUse.has(one))) await removeTree(path).catch(() => {});
  }

  private get keptRoot(): string {
    return join(this.root, 'kept');
  }

  private directory(root: string, user: RunUser | null): WorkDirectory {
    this.inUse.add(root);
    const makeFolder = async (path: string) => {
      await mkdir(path, { mode: 0o700 });
      if (user) chownSync(path, user.uid, user.gid);
      return path;
    };
    return { root, work: join(root, 'work'), temporary: join(root, 'tmp'), user, changedMs: [], makeFolder };
  }

  /** Only what is an artifact stays, where no later run can reach it. */
  private async keep({ root }: WorkDirectory, runId: string): Promise<void> {
    const kept = join(this.keptRoot, runId);
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

/** Makes the folder the user's alone, whatever its mode was. Its parent is ours, so that nobody can have put a link there. */
function claim(path: string, user: RunUser | null): void {
  if (user) lchownSync(path, user.uid, user.gid);
  chmodSync(path, 0o700);
}

function isUnused({ root, work, temporary }: WorkDirectory): boolean {
  return readdirSync(root).length === 2 && readdirSync(work).length === 0 && readdirSync(temporary).length === 0;
}

function changes({ work, temporary }: WorkDirectory): number[] {
  return [work, temporary].map((path) => statSync(path).ctimeMs);
}

/** A folder of which the program has changed anything may carry attributes, such as an ACL that later files would inherit. */
function renew({ work, temporary, changedMs }: WorkDirectory, nowMs: number[]): void {
  for (const [index, path] of [work, temporary].entries()) {
    if (changedMs[index] === nowMs[index]) continue;
    rmdirSync(path);
    mkdirSync(path, { mode: 0o700 });
  }
}
