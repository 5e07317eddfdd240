// The programs' directories: private, owned by the run user, and used again when a run left its own empty.
import { chown, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from './remove-tree.js';
import type { RunUser, RunUsers } from './run-users.js';

/** How many empty directories wait for the next run; more are removed. */
const poolBound = 64;

export interface WorkDirectory {
  root: string;
  /** The program's cwd, empty at its start. */
  work: string;
  /** HOME and TMPDIR: what a program leaves there is no artifact. */
  temporary: string;
  user: RunUser | null;
  /** Makes a further folder of the run user's; its parent must exist. Returns its path. */
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
    const root = this.empty.pop() ?? (await this.make());
    const paths = { root, work: join(root, 'work'), temporary: join(root, 'tmp') };
    for (const path of Object.values(paths)) await own(path, user);
    const makeFolder = async (path: string) => {
      await mkdir(path, { mode: 0o700 });
      await own(path, user);
      return path;
    };
    return { ...paths, user, makeFolder };
  }

  /** Gives the directory back: to the pool when it is empty, else it is removed. */
  async release(directory: WorkDirectory): Promise<void> {
    if (this.empty.length < poolBound && (await isUnused(directory))) this.empty.push(directory.root);
    else await removeTree(directory.root);
  }

  private async make(): Promise<string> {
    const root = join(this.root, `${this.naming.prefix}-${++this.made}`);
    await mkdir(root, { mode: 0o700 });
    await Promise.all([mkdir(join(root, 'work'), { mode: 0o700 }), mkdir(join(root, 'tmp'), { mode: 0o700 })]);
    return root;
  }
}

async function own(path: string, user: RunUser | null): Promise<void> {
  if (user) await chown(path, user.uid, user.gid);
}

async function isUnused(directory: WorkDirectory): Promise<boolean> {
  const contents = await Promise.all([directory.root, directory.work, directory.temporary].map((path) => readdir(path)));
  return contents[0].length === 2 && contents[1].length === 0 && contents[2].length === 0;
}
