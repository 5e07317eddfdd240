// A job on another machine: requests go over the connection to its agent.
import type { Readable } from 'node:stream';
import type { Reply, Request } from '../../http/request.js';
import { CodedError } from '../../model/coded-error.js';
import { storedPathFault } from '../../model/file-names.js';
import type { Principal } from '../../model/roles.js';
import type { Call } from '../../prpc/call.js';
import type { JobStart } from './job-bodies.js';
import type { ArchiveWish, JobHost } from './job-host.js';
import type { JobInfo } from './job-info.js';
import { type Messages, ofStream } from './messages.js';
import { programAddress } from './program-address.js';
import type { RemoteAgent } from './remote-agent.js';
import { forwardToAgent, openedByProgram } from './remote-program.js';
import { give, receive, type Sized } from './remote-transfers.js';

export class RemoteJob implements JobHost {
  /** Throws not_found for a job of somebody else. */
  constructor(
    private readonly agent: RemoteAgent,
    viewer: Principal,
    readonly uid: string,
  ) {
    agent.check(viewer, uid);
  }

  info(): Promise<JobInfo> {
    return this.agent.ask('job_info', this.uid);
  }

  start({ args, env, cwd, awaitsPort, forwardStdout }: JobStart): Promise<JobInfo> {
    return this.agent.ask('job_start', this.uid, args, env, cwd ?? null, awaitsPort ? 1 : 0, forwardStdout);
  }

  /** Waits for the job's end, or until nobody waits any more. */
  wait(gone: AbortSignal): Promise<JobInfo> {
    return this.agent.follow(gone, 'job_wait', this.uid);
  }

  async remove(): Promise<JobInfo> {
    const info = await this.agent.ask('job_remove', this.uid).catch((error) => {
      if (error instanceof CodedError && error.code === 'not_found') this.agent.forget(this.uid);
      throw error;
    });
    this.agent.forget(this.uid);
    return info;
  }

  readFile(path: string, { remove }: { remove: boolean }): Promise<Sized> {
    return receive(this.agent.peer.call('incoming', 'file_download', { args: [this.uid, within(path)], kwargs: { remove } }));
  }

  /** Reads the files as a tar; an agent takes only one pattern of each kind. */
  readArchive({ include, exclude, compress }: ArchiveWish): Promise<Sized> {
    const wish = { include_mask: include[0] ?? null, exclude_mask: exclude[0] ?? null, compress };
    return receive(this.agent.peer.call('incoming', 'archive_download', { args: [this.uid], kwargs: wish }));
  }

  writeFile(path: string, { content, executable }: { content: () => Readable; executable: boolean }): Promise<void> {
    return give(this.agent.peer.call('outgoing', 'file_upload', { args: [this.uid, within(path)], kwargs: { executable } }), content());
  }

  writeArchive(content: () => Readable): Promise<void> {
    return give(this.agent.peer.call('outgoing', 'archive_upload', { args: [this.uid] }), content());
  }

  forward(request: Request, reply: Reply): Promise<void> {
    return forwardToAgent(request, reply, (method, ...args) => this.callProgram(method, ...args));
  }

  async openWebSocket(request: Request): Promise<Messages> {
    const { path, query } = programAddress(request, 'wsconnect');
    const call = this.callProgram('ws_connect', path, query, []);
    await openedByProgram(call);
    return ofStream(call.stream);
  }

  /** Calls the job's program; the caller must end the call. */
  private callProgram(method: 'http_request' | 'ws_connect', ...args: unknown[]): Call {
    return this.agent.peer.call('both', method, { args: [this.uid, ...args] });
  }
}

/** Checks a path, since an agent of pRouter follows `..` anywhere. Throws invalid_request. */
function within(path: string): string {
  const fault = storedPathFault(path);
  if (fault) throw new CodedError('invalid_request', `the path ${JSON.stringify(path.slice(0, 300))} ${fault}`);
  return path;
}
