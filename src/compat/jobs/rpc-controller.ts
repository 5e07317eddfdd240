// Where routers and agents connect to this server, by pRPC over WebSocket: the token decides what each may do.
import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Logger, Req, Res } from '@nestjs/common';
import { Credentials } from '../../accounts/credentials.js';
import { OpenConnections } from '../../accounts/open-connections.js';
import type { Reply, Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { farewells, webSocketOf } from '../../http/web-socket.js';
import type { WebSocketConnection } from '../../http/web-socket-connection.js';
import { CodedError } from '../../model/coded-error.js';
import { mayActAs, type Principal } from '../../model/roles.js';
import { acceptPeer, type Met } from '../../prpc/handshake.js';
import { type Handshake, subprotocol } from '../../prpc/messages.js';
import { nothingToCall } from './agent-connector.js';
import { AgentService } from './agent-service.js';
import { Agents } from './agents.js';
import { largestFrameBytes } from './messages.js';
import { RemoteAgent } from './remote-agent.js';
import { UnauthenticatedConnections } from './unauthenticated-connections.js';

@Controller()
export class RpcController {
  private readonly logger = new Logger('jobs');
  private readonly unauthenticated = new UnauthenticatedConnections();

  constructor(
    private readonly agents: Agents,
    private readonly service: AgentService,
    private readonly credentials: Credentials,
    private readonly open: OpenConnections,
  ) {}

  @Route({
    verb: 'GET',
    path: 'rpc/v1',
    access: 'public',
    noStore: true,
    summary: 'Connect as an agent, or as a router (WebSocket, pRPC)',
    description: 'The first message says who it is and shows a token: an agent one of AGENT_TOKENS, a router an access token of an author.',
    answers: { 101: { what: 'the handshake may begin' } },
    errors: ['upgrade_required', 'invalid_request'],
  })
  async connect(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const accept = webSocketOf(request, reply, { protocols: [subprotocol], frameBytes: largestFrameBytes });
    const { socket } = request.raw;
    const connection = await accept();
    if (!connection) return;
    const known = this.unauthenticated.meet(socket);
    const { localAddress, localPort } = socket;
    const reachedAt = { localAddress, localPort, ...('encrypted' in socket && { encrypted: true }) };
    acceptPeer(connection, {
      self: { ...this.agents.self(), properties: this.agents.network.properties },
      admit: async (who) => {
        if (isAgent(who)) return this.admitAgent(who);
        const { uid, name, token = '' } = who.auth;
        await this.holdRouter(token, connection);
        const owner = () => this.ownerOf(token);
        return this.service.serve({ owner, reachedAt, sender: () => ({ direction: 'SERVER', uid, name }), closed: connection.closed });
      },
      met: (met) => {
        known();
        this.welcome(met);
      },
    });
  }

  private admitAgent({ auth: { uid, token = '' } }: Handshake): typeof nothingToCall {
    const right = this.agents.network.tokens.some((known) => timingSafeEqual(digest(known), digest(token)));
    if (right) return nothingToCall;
    this.logger.warn(`an agent that calls itself ${JSON.stringify(uid.slice(0, 100))} has shown a wrong token`);
    throw new CodedError('unauthenticated', 'the token is none of AGENT_TOKENS');
  }

  /** Holds a router's connection until its token is no longer valid. Throws unauthenticated, forbidden. */
  private async holdRouter(token: string, connection: WebSocketConnection): Promise<void> {
    const entered = await this.open.enter(
      () => this.ownerOf(token),
      () => connection.close(...farewells.revoked),
    );
    if (entered) void connection.closed.then(entered.leave);
  }

  /** The owner of an access token. Throws unauthenticated, forbidden. */
  private async ownerOf(token: string): Promise<Principal> {
    const principal = await this.credentials.checkToken(token);
    if (!principal) throw new CodedError('unauthenticated', 'the token is no access token');
    if (!mayActAs(principal.role, 'author'))
      throw new CodedError('forbidden', `jobs need the role author; the token's is ${principal.role}`);
    return principal;
  }

  /** Throws name_taken for an agent that is already connected. */
  private welcome(met: Met): void {
    if (isAgent(met.who)) this.agents.add(new RemoteAgent(met, 'SERVER'));
  }
}

function isAgent({ properties }: Handshake): boolean {
  return properties !== undefined;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
