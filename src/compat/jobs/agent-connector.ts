// Agents at an address: this server connects to them for a job, with the token of the job's creator, where CALLBACK_HOSTS allows the address.
import { Injectable } from '@nestjs/common';
import { closeCodes } from '../../http/web-socket-connection.js';
import { AllowedHosts } from '../../model/allowed-hosts.js';
import { CodedError } from '../../model/coded-error.js';
import { greetPeer } from '../../prpc/handshake.js';
import type { Methods } from '../../prpc/incoming-calls.js';
import { RemoteError, statuses, subprotocol } from '../../prpc/messages.js';
import { Agents } from './agents.js';
import { largestFrameBytes, openLine } from './messages.js';
import { RemoteAgent } from './remote-agent.js';

/** The path at which routers and agents accept connections. */
const rpcPath = '/rpc/v1';

/** The methods for a connected agent: none, since an agent runs jobs and calls nothing here. */
export const nothingToCall: Methods = async ({ method }) => {
  throw new RemoteError(statuses.methodNotFound, '', `method '${method}' is not found`);
};

@Injectable()
export class AgentConnector {
  constructor(
    private readonly agents: Agents,
    private readonly hosts: AllowedHosts,
  ) {}

  /** `address`: host:port, or a whole http or https URL. Throws invalid_request, forbidden, agent_failed. */
  async dial({ address, token }: { address: string; token: string }): Promise<RemoteAgent> {
    const url = rpcUrl(address);
    const fault = this.hosts.fault(url);
    if (fault) throw new CodedError('forbidden', `the agent's address ${fault}`);
    const options = { protocols: subprotocol, maxPayload: largestFrameBytes, lookup: this.hosts.lookup };
    const connection = await openLine(url.replace(/^http/, 'ws'), options).catch((error: Error) => {
      throw new CodedError('agent_failed', `the agent at ${address} is not reached: ${error.message}`);
    });
    const met = await greetPeer(connection, this.agents.self(token), nothingToCall);
    const agent = new RemoteAgent(met, 'CLIENT');
    try {
      this.agents.add(agent);
    } catch (error) {
      connection.close(closeCodes.protocolError);
      throw error;
    }
    return agent;
  }
}

/** Throws invalid_request. */
export function rpcUrl(address: string): string {
  const url = /^https?:\/\//i.test(address) ? address : `http://${address}`;
  if (!URL.canParse(url) || /[?#@]/.test(url))
    throw new CodedError('invalid_request', `Invalid request payload: '${address}' is no host:port`);
  return url.replace(/\/+$/, '') + rpcPath;
}
