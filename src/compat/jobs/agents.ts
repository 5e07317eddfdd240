// Where jobs run: this server itself, the agents that have connected to it, and those that it has connected to.
import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import type { Request } from '../../http/request.js';
import { CodedError } from '../../model/coded-error.js';
import type { Handshake } from '../../prpc/messages.js';
import { AgentNetwork, connectionId, identity, localUid, platform } from './agent-identity.js';
import type { RemoteAgent } from './remote-agent.js';

@Injectable()
export class Agents {
  private readonly connected = new Map<string, RemoteAgent>();

  constructor(readonly network: AgentNetwork) {}

  /** The agents as GET /connections shows them: without any tokens. */
  list(): object[] {
    const own = { uid: connectionId, mode: 'SERVER', peer: { auth: identity, platform, properties: this.network.properties } };
    return [own, ...[...this.connected.values()].map((agent) => agent.description)];
  }

  /** The identity of this server in handshakes. */
  self(token?: string): Handshake {
    return { auth: { uid: this.network.uid, name: hostname(), ...(token !== undefined && { token }) }, platform };
  }

  /** Holds an agent until its connection is over. Throws name_taken when an agent of this uid is there. */
  add(agent: RemoteAgent): void {
    if (agent.id === connectionId || this.connected.has(agent.id))
      throw new CodedError('name_taken', `there is a connection '${agent.id}'`);
    if (agent.mode === 'SERVER' && (agent.uid === localUid || this.byUid(agent.uid)))
      throw new CodedError('name_taken', `an agent with uid '${agent.uid}' is connected`);
    this.connected.set(agent.id, agent);
    void agent.closed.then(() => this.connected.delete(agent.id));
  }

  /** The chosen agent among those that have connected; undefined: this server. Throws not_found. */
  choose(uids: string[]): RemoteAgent | undefined {
    const there = uids.filter((uid) => uid === localUid || this.byUid(uid));
    const chosen = there[Math.floor(Math.random() * there.length)];
    if (chosen === undefined)
      throw new CodedError('not_found', `no connected agent with uid '${uids.join("', '")}'; there is '${localUid}'`);
    return this.byUid(chosen);
  }

  private byUid(uid: string): RemoteAgent | undefined {
    return [...this.connected.values()].find((agent) => agent.mode === 'SERVER' && agent.uid === uid);
  }

  /** The agent that a request is about; undefined: this server. Throws not_found for an unknown connection. */
  asked({ params }: Request): RemoteAgent | undefined {
    const { agent: id } = params;
    if (id === connectionId) return undefined;
    const agent = this.connected.get(id);
    if (!agent) throw new CodedError('not_found', `connection '${id}' is not found`);
    return agent;
  }
}
