// Callbacks that are not delivered yet, one file each, so that another server continues with them.
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isObject } from '../../http/json-body.js';
import type { Principal } from '../../model/roles.js';
import type { AcceptedCode } from './run-code.js';

export interface Callback extends AcceptedCode {
  url: string;
  owner: Principal;
  /** The number of failed attempts. */
  failed: number;
}

export class CallbackFiles {
  constructor(private readonly folder: string) {}

  /** Called at boot. A file that is not a callback is reported to `damaged` and stays; a file that an earlier server had only begun to write is removed. */
  async list(damaged: (path: string, error: Error) => void): Promise<Callback[]> {
    const names = await readdir(this.folder).catch(() => []);
    for (const begun of names.filter((name) => name.endsWith('.json.new'))) await rm(join(this.folder, begun), { force: true });
    const kept = names.filter((name) => name.endsWith('.json')).map((name) => join(this.folder, name));
    const read = await Promise.all(kept.map((path) => readCallback(path).catch((error: Error) => damaged(path, error))));
    return read.filter((callback) => callback !== undefined);
  }

  async keep(callback: Callback): Promise<void> {
    const path = this.place(callback.runId);
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const file = await open(`${path}.new`, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(callback));
      // a power failure after the rename must not leave an empty file
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
  }

  async remove(runId: string): Promise<void> {
    await rm(this.place(runId), { force: true });
  }

  private place(runId: string): string {
    return join(this.folder, `${runId}.json`);
  }
}

async function readCallback(path: string): Promise<Callback> {
  const read: unknown = JSON.parse(await readFile(path, 'utf8'));
  const whole = isObject(read) && typeof read.url === 'string' && isObject(read.owner) && Number.isInteger(read.failed);
  if (whole && basename(path) === `${read.runId}.json`) return read as unknown as Callback;
  throw new Error('it is not the callback of the run that it is named after');
}
