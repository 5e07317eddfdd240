// One agent on another machine, over its connection: the owners of its jobs, and requests to it in the words of pRouter.

import { whenAborted } from '../../http/client-disconnect.js';
import { isObject } from '../../http/json-body.js';
import { closeCodes } from '../../http/web-socket-connection.js';
import { CodedError } from '../../model/coded-error.js';
import type { Principal } from '../../model/roles.js';
import { jsonFault } from '../../model/strict-json.js';
import type { Met } from '../../prpc/handshake.js';
import { isText } from '../../prpc/messages.js';
import type { Peer } from '../../prpc/peer.js';
import type { JobInfo } from './job-info.js';
import { remoteError } from './remote-errors.js';

/** SERVER: the agent has connected to this server; CLIENT: this server has connected to the agent. */
export type ConnectionMode = 'SERVER' | 'CLIENT';

/** How long a connection that this server opened for a job stays open after its last job. */
const idleMs = 5_000;

export class RemoteAgent {
  private readonly owners = new Map<string, number>();
  private idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly met: Met,
    readonly mode: ConnectionMode,
  ) {}

  get id(): string {
    return this.met.connectionId;
  }

  get uid(): string {
    return this.met.who.auth.uid;
  }

  get peer(): Peer {
    return this.met.peer;
  }

  get closed(): Promise<unknown> {
    return this.peer.closed;
  }

  get description(): object {
    const { auth, platform, properties = {} } = this.met.who;
    return { uid: this.id, mode: this.mode, peer: { auth: { uid: auth.uid, name: auth.name }, platform, properties } };
  }

  async create(owner: Principal, name: string): Promise<JobInfo> {
    try {
      const info = await this.ask('job_create', name);
      if (this.owners.has(info.uid)) throw new CodedError('agent_failed', `the agent has given a new job the uid '${info.uid}' of another`);
      this.owners.set(info.uid, owner.userId);
      return info;
    } finally {
      this.endWhenIdle();
    }
  }

  /** Throws not_found for a job that this user did not create through this server. */
  check(viewer: Principal, uid: string): void {
    const owner = this.owners.get(uid);
    if (owner === undefined || (viewer.role !== 'admin' && viewer.userId !== owner))
      throw new CodedError('not_found', `job '${uid}' is not found`);
  }

  /** Forgets a job that is gone from the agent. */
  forget(uid: string): void {
    this.owners.delete(uid);
    this.endWhenIdle();
  }

  /** Calls one of the methods that answer with the current job. */
  async ask(method: string, ...args: unknown[]): Promise<JobInfo> {
    return this.shown(await this.peer.ask(method, ...args).catch((error) => remoteError(error, method)));
  }

  /** Like `ask`, but the call is given up when nobody waits any more. */
  async follow(gone: AbortSignal, method: string, ...args: unknown[]): Promise<JobInfo> {
    const call = this.peer.call('unary', method, { args });
    whenAborted(gone, () => call.cancel());
    return this.shown(await call.result.catch(remoteError));
  }

  private shown(info: unknown): JobInfo {
    const { uid, name, state, sender } = isObject(info) && !jsonFault(info) ? info : {};
    if (!isText(uid) || !isText(name) || !isText(state) || !/^[\w-]{1,64}$/.test(uid))
      throw new CodedError('agent_failed', 'the agent has answered with what is no job');
    const { platform, properties = {} } = this.met.who;
    const path = `/jobs/${this.id}/${uid}`;
    return {
      uid,
      name,
      state,
      sender: isObject(sender) ? sender : {},
      path,
      agent: { platform, properties },
    };
  }

  private endWhenIdle(): void {
    clearTimeout(this.idle);
    if (this.mode === 'SERVER') return;
    this.idle = setTimeout(() => {
      if (this.owners.size > 0) return;
      if (this.peer.isIdle) this.peer.close(closeCodes.normal);
      else this.endWhenIdle();
    }, idleMs).unref();
  }
}
