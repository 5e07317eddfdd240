// The files of the runs that this executor has: before the start, while they run, and afterwards.
import { existsSync } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { controlDirectory } from '../../model/control-directory.js';
import type { FileTree, RunFiles } from '../../model/run-files.js';
import { changedFolders } from '../directories/changed-folders.js';
import type { WorkDirectories } from '../directories/work-directories.js';
import type { FilePlace } from './file-place.js';
import { listFiles } from './list-files.js';
import { PlacedFiles } from './placed-files.js';
import type { LeftPlace } from './safe-open.js';

/** How many entries of a run's files are measured at most. */
const measuredBound = 100_000;

export class ExecutorFiles implements RunFiles {
  constructor(private readonly executor: { runsRoot: string; workDirectories: WorkDirectories }) {}

  uploads(runId: string, isOpen: () => boolean): FileTree {
    const { uploads: root, files } = controlDirectory(this.executor.runsRoot, runId);
    const place: FilePlace = { root, path: 'files', user: null, isOpen, done: () => {} };
    const prepare = async () => void (await mkdir(files, { recursive: true, mode: 0o700 }));
    return new PlacedFiles(async () => place, prepare);
  }

  work(runId: string): FileTree {
    return new PlacedFiles(() => this.workPlace(runId));
  }

  async keptBytes(runId: string): Promise<number> {
    // a run that left nothing is the usual case
    if (!existsSync(await this.keptRoot(runId))) return 0;
    const place = await this.keptPlace(runId);
    return diskBytes(place);
  }

  async activeBytes(runId: string): Promise<number> {
    const directory = this.executor.workDirectories.occupancy.of(runId);
    if (!directory) return 0;
    let sum = 0;
    for (const folder of changedFolders(directory)) sum += await diskBytes({ root: directory.root, path: folder, user: directory.user });
    return sum;
  }

  private async workPlace(runId: string): Promise<FilePlace> {
    const { occupancy } = this.executor.workDirectories;
    const visit = occupancy.visit(runId);
    if (!visit) return this.keptPlace(runId);
    const { directory, isOver, done } = visit;
    return { root: directory.root, path: 'work', user: directory.user, isOpen: () => !isOver(), done };
  }

  /** The folder of the files says who owns them: this folder lies in a folder of ours, so that no program has put it there. */
  private async keptPlace(runId: string): Promise<FilePlace> {
    const root = await this.keptRoot(runId);
    const { uid, gid } = await lstat(`${root}/work`).catch(() => ({ uid: -1, gid: -1 }));
    const isServers = this.executor.workDirectories.users.sample === null && uid === process.getuid?.();
    const user = isServers ? null : { uid, gid };
    return { root, path: 'work', user, isOpen: () => true, done: () => {} };
  }

  /** The folder of what the run left, which may be missing, once the run has left its directory. */
  private async keptRoot(runId: string): Promise<string> {
    const { workDirectories } = this.executor;
    await workDirectories.occupancy.left(runId);
    return workDirectories.keptRoot(runId);
  }
}

async function diskBytes(place: LeftPlace): Promise<number> {
  const list = await listFiles({ ...place, isOpen: () => true, done: () => {} }, measuredBound).catch(() => null);
  return list ? list.files.reduce((sum, file) => sum + file.diskBytes, 0) : 0;
}
