// Identifies the user of a request before the body is read: by HTTP Basic with passport-http, by an access token, or by a session.
import type { FastifyReply, FastifyRequest } from 'fastify';
import passport from 'passport';
import { type Credentials } from '../accounts/credentials.js';
import type { OpenConnections } from '../accounts/open-connections.js';
import type { Sessions } from '../accounts/sessions.js';
import type { Tickets } from '../accounts/tickets.js';
import type { Users } from '../accounts/users.js';
import { CodedError } from '../model/coded-error.js';
import { mayActAs, type Principal } from '../model/roles.js';
import { type AskedRequest, StrictBasicStrategy } from './basic-strategy.js';
import { isLocal } from './local-socket.js';
import { isFromThisMachine } from './loopback.js';
import { OpenRequest } from './open-request.js';
import { type Access, hasWriteQuery } from './request.js';
import { sessionCookies } from './session-cookie.js';
import { shownTicket } from './shown-ticket.js';

/** The routes of Swagger UI, which this project cannot decorate. */
const documentation = /^\/docs(-json|-yaml)?(\/|$)/;

/** The access that a route needs; an unknown address is only reported to users. */
function accessOf(request: FastifyRequest): Access {
  const { is404, routeOptions } = request;
  if (is404) return 'viewer';
  if (hasWriteQuery(request)) return 'author';
  return routeOptions.config.access ?? (documentation.test(routeOptions.url ?? '') ? 'public' : 'admin');
}

/** Where users and their credentials are known. */
interface Accounts {
  credentials: Credentials;
  users: Users;
  sessions: Sessions;
  tickets: Tickets;
}

export class Authentication {
  private readonly passport = new passport.Passport();

  constructor(
    private readonly accounts: Accounts,
    private readonly connections: OpenConnections,
  ) {
    const { credentials } = accounts;
    const check = ({ headers, callerAddress: address = '' }: AskedRequest, username: string, password: string) =>
      credentials.checkPassword({ authorization: headers.authorization ?? '', address, username, password });
    this.passport.use(new StrictBasicStrategy(check));
  }

  /** Sets `request.principal` and `request.open`; throws unauthenticated, too_many_attempts or forbidden. */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const access = accessOf(request);
    if (access === 'public' || (access === 'loopback' && isFromThisMachine(request.raw))) return;
    const open = new OpenRequest(reply.raw);
    const entered = await this.connections.enter(() => this.identify(request), open.revoke);
    if (!entered) throw new CodedError('unauthenticated', 'The credentials are missing or wrong.');
    const { principal, leave } = entered;
    open.untilOver(leave);
    Object.assign(request, { principal, open });
    if (principal.tools && !request.routeOptions.config.forAgents)
      throw new CodedError('forbidden', 'this token may only call tools, at /mcp');
    const needed = access === 'loopback' ? 'admin' : access;
    if (!mayActAs(principal.role, needed))
      throw new CodedError('forbidden', `this needs the role ${needed}; your role is ${principal.role}`);
  }

  private identify(request: FastifyRequest): Promise<Principal | null> {
    const { authorization = '', 'x-access-token': header, 'x-session-key': key } = request.headers;
    const { credentials, sessions, tickets } = this.accounts;
    const shown = shownTicket(request);
    // these first: a browser may add a password by itself, and that of another user
    if (shown) return Promise.resolve(tickets.use(shown.ticket, shown.place));
    if (typeof key === 'string' && key !== '') return sessions.check(key, sessionCookies(request));
    if (isLocal(request.raw) && authorization === '' && !header) return this.local();
    if (typeof header === 'string' && header !== '') return credentials.checkToken(header);
    const [, scheme, value] = /^(\S+)\s+(\S.*)$/.exec(authorization) ?? [];
    if (/^bearer$/i.test(scheme ?? '')) return credentials.checkToken(value);
    if (/^apikey$/i.test(scheme ?? '')) {
      const colon = value.lastIndexOf(':');
      return colon < 0 ? Promise.resolve(null) : credentials.checkToken(value.slice(colon + 1), value.slice(0, colon));
    }
    return this.basic(request);
  }

  /** A caller that can open the socket of the server owns its data. */
  private async local(): Promise<Principal> {
    const [{ id, role }] = await this.accounts.users.admins();
    return { userId: id, username: 'local', role, credential: 'socket' };
  }

  /** A header that was accepted a short while ago passes without asking passport again. */
  private basic(request: FastifyRequest): Promise<Principal | null> {
    const known = this.accounts.credentials.recall(request.headers.authorization ?? '', request.raw.socket);
    return known ? Promise.resolve(known) : this.askPassport(request);
  }

  private askPassport(request: FastifyRequest): Promise<Principal | null> {
    return new Promise((resolve, reject) => {
      const answer = (error: unknown, user?: Principal | false) => (error ? reject(error) : resolve(user || null));
      Object.assign(request.raw, { callerAddress: request.ip });
      this.passport.authenticate('basic', { session: false }, answer)(request.raw, {}, reject);
    });
  }
}
