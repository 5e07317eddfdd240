// The connection to the router of ROUTER_URL, to which this server offers itself as an agent: kept open as long as the server lives.
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Users } from '../../accounts/users.js';
import { closeCodes } from '../../http/web-socket-connection.js';
import { CodedError } from '../../model/coded-error.js';
import { OwnAddresses } from '../../model/own-addresses.js';
import { backoffMs } from '../../model/retry.js';
import { mayActAs, type Principal } from '../../model/roles.js';
import { greetPeer } from '../../prpc/handshake.js';
import type { Methods } from '../../prpc/incoming-calls.js';
import { subprotocol } from '../../prpc/messages.js';
import { rpcUrl } from './agent-connector.js';
import { AgentJobStore } from './agent-job-store.js';
import { AgentService } from './agent-service.js';
import { Agents } from './agents.js';
import { largestFrameBytes, openLine } from './messages.js';
import type { ReachedAt } from './port-registration.js';

const backoff = { firstMs: 500, longestMs: 10_000 };

@Injectable()
export class RouterClient {
  private readonly logger = new Logger('jobs');
  private readonly ending = new AbortController();

  constructor(
    private readonly agents: Agents,
    private readonly service: AgentService,
    private readonly users: Users,
    private readonly addresses: OwnAddresses,
    private readonly routed: AgentJobStore,
  ) {}

  /** Begins to connect, once the server listens and the runs of an earlier server are found. Keeps reconnecting by itself. */
  async begin(): Promise<void> {
    await this.routed.removeAll();
    const { router } = this.agents.network;
    if (router) void this.keepUp(router);
  }

  /** Called before running programs are left, awaited or stopped: jobs created by routers end with their connections. */
  async end(): Promise<void> {
    this.ending.abort();
    await this.routed.removeAll();
  }

  private async keepUp(router: { url: string; token: string; username: string }): Promise<void> {
    const { signal } = this.ending;
    for (let failures = 1; !signal.aborted; failures++) {
      const pauseMs = () => backoffMs(backoff, Math.max(1, failures));
      try {
        await this.connect(router, () => (failures = 0));
        this.logger.warn(`the connection to the router ${router.url} is over`);
      } catch (error) {
        this.logger.warn(`the router ${router.url} is not reached: ${(error as Error).message}; again in ${pauseMs()} ms`);
      }
      await pause(pauseMs(), null, { signal, ref: false }).catch(() => {});
    }
  }

  /** Connects, and resolves when an established connection is over. */
  private async connect({ url, token, username }: { url: string; token: string; username: string }, made: () => void): Promise<void> {
    const connection = await openLine(rpcUrl(url).replace(/^http/, 'ws'), { protocols: subprotocol, maxPayload: largestFrameBytes });
    const end = () => connection.close(closeCodes.goingAway);
    this.ending.signal.addEventListener('abort', end, { once: true });
    void connection.closed.then(() => this.ending.signal.removeEventListener('abort', end));
    let sender = {};
    const methods: Methods = this.service.serve({
      owner: () => this.ownerOf(username),
      reachedAt: this.ownAddress(),
      sender: () => sender,
      closed: connection.closed,
    });
    const self = { ...this.agents.self(token), properties: this.agents.network.properties };
    const { who } = await greetPeer(connection, self, methods);
    sender = { direction: 'CLIENT', uid: who.auth.uid, name: who.auth.name };
    this.logger.log(`an agent of the router ${who.auth.name} at ${url}, as '${self.auth.uid}'`);
    made();
    await connection.closed;
  }

  /** The author of this name. Throws forbidden. */
  private async ownerOf(username: string): Promise<Principal> {
    const user = (await this.users.list()).find((one) => one.username === username && !one.disabled);
    if (user && mayActAs(user.role, 'author')) return { userId: Number(user.id), username, role: user.role };
    throw new CodedError('forbidden', `ROUTER_USER '${username}' is no author of this server`);
  }

  /** The address at which programs on this machine reach this server. */
  private ownAddress(): ReachedAt {
    const { address, port } = this.addresses.local;
    return { localAddress: address, localPort: port, ...(this.addresses.encrypted && { encrypted: true }) };
  }
}
