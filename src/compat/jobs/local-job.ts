// A job on this server: a run with its files and its program.
import type { Readable } from 'node:stream';
import type { Reply, Request } from '../../http/request.js';
import { CodedError } from '../../model/coded-error.js';
import type { Principal } from '../../model/roles.js';
import type { RunProxy } from '../../proxy/run-proxy.js';
import type { RunEntity } from '../../runs/run.entity.js';
import type { JobStart } from './job-bodies.js';
import type { JobFiles } from './job-files.js';
import { type ArchiveWish, type JobContent, type JobHost, StartFailed } from './job-host.js';
import type { JobInfo } from './job-info.js';
import { type Jobs, startFailure } from './jobs.js';
import { type Messages, ofLine } from './messages.js';
import type { ReachedAt } from './port-registration.js';
import { programAddress } from './program-address.js';
import { openProgramLine } from './program-client.js';

export interface LocalMeans {
  jobs: Jobs;
  files: JobFiles;
  proxy: RunProxy;
}

export class LocalJob implements JobHost {
  constructor(
    private readonly by: LocalMeans,
    private readonly viewer: Principal,
    private readonly row: RunEntity,
  ) {}

  async info(): Promise<JobInfo> {
    return this.by.jobs.show(this.row);
  }

  async start(start: JobStart, reachedAt: ReachedAt): Promise<JobInfo> {
    const row = await this.by.jobs.start(this.viewer, this.row.id, { start, reachedAt });
    const failure = startFailure(row, start);
    if (!failure) return this.by.jobs.show(row);
    throw row.success ? failure : new StartFailed(row);
  }

  async wait(gone: AbortSignal): Promise<JobInfo> {
    await this.by.jobs.ended(this.row, gone);
    return this.by.jobs.show(this.row);
  }

  async remove(): Promise<JobInfo> {
    return this.by.jobs.show(await this.by.jobs.remove(this.viewer, this.row));
  }

  async readFile(path: string, { remove, headOnly }: { remove: boolean; headOnly: boolean }): Promise<JobContent> {
    const { viewer, row } = this;
    const { files } = this.by;
    const file = await files.open(viewer, row, path);
    if (headOnly) await file.close();
    const content = headOnly ? Buffer.alloc(0) : file.read();
    return { bytes: file.bytes, content, ...(remove && { sent: () => files.remove(viewer, row, path) }) };
  }

  writeFile(path: string, { content, executable }: { content: () => Readable; executable: boolean }): Promise<void> {
    return this.by.files.put(this.viewer, this.row, { path, content, executable });
  }

  async readArchive(wish: ArchiveWish): Promise<JobContent> {
    return { content: await this.by.files.pack(this.viewer, this.row, wish) };
  }

  writeArchive(content: () => Readable): Promise<void> {
    return this.by.files.unpack(this.viewer, this.row, content);
  }

  async forward(request: Request, reply: Reply): Promise<void> {
    if (this.row.port === null) throw new CodedError('port_gone', 'Proxy error: job does not contain a running server');
    await this.by.proxy.forward(request, reply, this.row);
  }

  async openWebSocket(request: Request): Promise<Messages> {
    const { asItCame: path } = programAddress(request, 'wsconnect');
    return ofLine(await openProgramLine(this.by.proxy, this.row, { path }));
  }
}
