// Callbacks that are not delivered yet, a file each, so that another server goes on with them.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Principal } from '../../protocol/roles.js';
import type { AcceptedCode } from './run-code.js';

export interface Callback extends AcceptedCode {
  url: string;
  owner: Principal;
  /** Attempts that have failed. */
  failed: number;
}

export class CallbackFiles {
  constructor(private readonly folder: string) {}

  async list(): Promise<Callback[]> {
    const names = await readdir(this.folder).catch(() => []);
    const kept = names.filter((name) => name.endsWith('.json'));
    return Promise.all(kept.map(async (name) => JSON.parse(await readFile(join(this.folder, name), 'utf8'))));
  }

  async keep(callback: Callback): Promise<void> {
    const path = this.place(callback.runId);
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeFile(`${path}.new`, JSON.stringify(callback), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  async remove(runId: string): Promise<void> {
    await rm(this.place(runId), { force: true });
  }

  private place(runId: string): string {
    return join(this.folder, `${runId}.json`);
  }
}
