// The programs' directories: private, owned by the run user, and used again when a run left its own empty.
import { lchown, lstat, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from './remove-tree.js';
import type { RunUser, RunUsers } from './run-users.js';

/** How many empty directories wait for the next run; more are removed. */
const poolBound = 64;

export interface WorkDirectory {
  /** Holds `work` and `tmp`; only its own parent is out of the program's reach. */
  root: string;
  /** The program's cwd, empty at its start. */
  work: string;
  /** HOME and TMPDIR: what a program leaves there is no artifact. */
  temporary: string;
  user: RunUser | null;
  /** Makes a further folder of the run user's before the program starts; its parent must exist. Returns its path. */
  makeFolder(path: string): Promise<string>;
}

export class WorkDirectories {
  private readonly empty: string[] = [];
  private made = 0;

  /** `prefix` is new with each server, so that names never meet those of an earlier one. */
  constructor(
    private readonly root: string,
    private readonly naming: { users: RunUsers; prefix: string },
  ) {}

  get users(): RunUsers {
    return this.naming.users;
  }

  async acquire(): Promise<WorkDirectory> {
    const user = this.users.next();
    const root = (await this.reuse(user)) ?? (await this.make(user));
    const makeFolder = async (path: string) => {
      await mkdir(path, { mode: 0o700 });
      await own(path, user);
      return path;
    };
    return { ...pathsOf(root), user, makeFolder };
  }

  /** Gives the directory back: to the pool when it is empty, else it is removed; what cannot be removed now is at the next boot. */
  async release(directory: WorkDirectory): Promise<void> {
    try {
      if (this.empty.length < poolBound && (await isUnused(directory))) this.empty.push(directory.root);
      else await removeTree(directory.root);
    } catch {
      // the next server empties the whole folder
    }
  }

  /** What still runs under the former user loses its rights first; then what it may have put there is looked at. */
  private async reuse(user: RunUser | null): Promise<string | undefined> {
    const root = this.empty.pop();
    if (root === undefined) return undefined;
    await own(root, user);
    const { work, temporary } = pathsOf(root);
    const found = await Promise.all([lstat(work), lstat(temporary)]);
    if (!found.every((entry) => entry.isDirectory())) return undefined;
    await Promise.all([own(work, user), own(temporary, user)]);
    return root;
  }

  private async make(user: RunUser | null): Promise<string> {
    const root = join(this.root, `${this.naming.prefix}-${++this.made}`);
    const { work, temporary } = pathsOf(root);
    for (const path of [root, work, temporary]) {
      await mkdir(path, { mode: 0o700 });
      await own(path, user);
    }
    return root;
  }
}

function pathsOf(root: string): Pick<WorkDirectory, 'root' | 'work' | 'temporary'> {
  return { root, work: join(root, 'work'), temporary: join(root, 'tmp') };
}

/** Never follows a link. */
async function own(path: string, user: RunUser | null): Promise<void> {
  if (user) await lchown(path, user.uid, user.gid);
}

async function isUnused(directory: WorkDirectory): Promise<boolean> {
  const contents = await Promise.all([directory.root, directory.work, directory.temporary].map((path) => readdir(path)));
  return contents[0].length === 2 && contents[1].length === 0 && contents[2].length === 0;
}
