// The programs' directories: private, owned by the run user, and used again when a run left its own empty.
import { constants } from 'node:fs';
import { mkdir, open, readdir } from 'node:fs/promises';
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
    const user = this.users.acquire();
    const root = (await this.reuse(user)) ?? (await this.make(user));
    const makeFolder = async (path: string) => {
      await mkdir(path, { mode: 0o700 });
      await claim(path, user);
      return path;
    };
    return { ...pathsOf(root), user, makeFolder };
  }

  /** Gives the directory back: to the pool when it is empty, else it is removed; what cannot be removed now is at the next boot. */
  async release(directory: WorkDirectory): Promise<void> {
    this.users.release(directory.user);
    try {
      if (this.empty.length < poolBound && (await isUnused(directory).catch(() => false))) this.empty.push(directory.root);
      else await removeTree(directory.root);
    } catch {
      // the next server empties the whole folder
    }
  }

  /** What still runs under the former user loses its rights from the top; a directory that it spoilt is given up. */
  private async reuse(user: RunUser | null): Promise<string | undefined> {
    const root = this.empty.pop();
    if (root === undefined) return undefined;
    try {
      for (const path of Object.values(pathsOf(root))) await claim(path, user);
      return root;
    } catch {
      await removeTree(root).catch(() => {});
      return undefined;
    }
  }

  private async make(user: RunUser | null): Promise<string> {
    const root = join(this.root, `${this.naming.prefix}-${++this.made}`);
    for (const path of Object.values(pathsOf(root))) {
      await mkdir(path, { mode: 0o700 });
      await claim(path, user);
    }
    return root;
  }
}

function pathsOf(root: string): Pick<WorkDirectory, 'root' | 'work' | 'temporary'> {
  return { root, work: join(root, 'work'), temporary: join(root, 'tmp') };
}

/** Makes the folder the user's alone, whatever its mode was; never through a link. */
async function claim(path: string, user: RunUser | null): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    if (user) await folder.chown(user.uid, user.gid);
    await folder.chmod(0o700);
  } finally {
    await folder.close();
  }
}

async function isUnused(directory: WorkDirectory): Promise<boolean> {
  const contents = await Promise.all([directory.root, directory.work, directory.temporary].map((path) => readdir(path)));
  return contents[0].length === 2 && contents[1].length === 0 && contents[2].length === 0;
}
