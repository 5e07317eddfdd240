// The session of a browser: /api/session/.
import { Controller, Req, Res } from '@nestjs/common';
import { SessionTerms } from '../../accounts/session-uses.js';
import { Sessions } from '../../accounts/sessions.js';
import { Users } from '../../accounts/users.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendEmpty, sendJson } from '../../http/send-response.js';
import { setSessionCookie } from '../../http/session-cookie.js';
import { basePath } from '../../http/urls.js';
import { readValidated } from '../../http/validate-dto.js';
import { CodedError } from '../../model/coded-error.js';
import { isSession, type Principal, type SessionCredential } from '../../model/roles.js';
import { userBody } from './account-bodies.js';
import { NewSessionBody, SessionBody, SignInBody } from './session-bodies.js';

@Controller('api/session')
export class SessionController {
  constructor(
    private readonly sessions: Sessions,
    private readonly users: Users,
    private readonly terms: SessionTerms,
  ) {}

  @Route({
    verb: 'POST',
    access: 'public',
    noStore: true,
    summary: 'Sign in: begin a session',
    description:
      'The session is a cookie and a key. Send the key as X-Session-Key with each request; neither counts without the other. A 401 to a request with X-Session-Key, even an empty one, has no Basic challenge.',
    body: { 'application/json': SignInBody },
    answers: {
      200: { what: 'the user and the key', body: NewSessionBody, headers: { 'Set-Cookie': 'the cookie, which no script can read' } },
    },
    errors: [
      'invalid_json',
      'invalid_request',
      'unauthenticated',
      'cross_site',
      'too_many_attempts',
      'unsupported_media_type',
      'database_unreachable',
    ],
  })
  async begin(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const { username, password } = await readValidated(request, SignInBody);
    const begun = await this.sessions.begin({ username, password, address: request.ip });
    if (!begun) throw new CodedError('unauthenticated', 'The user name or the password is wrong, or the user is disabled.');
    const { user, cookie, key, expiresAtMs } = begun;
    setSessionCookie(request, reply, { cookie, lastsMs: this.terms.maxMs });
    sendJson(reply, 200, { user: userBody(user, basePath()), expires_at: timeOf(expiresAtMs), key });
  }

  @Route({
    verb: 'GET',
    access: 'viewer',
    summary: 'Read your session',
    answers: { 200: { what: 'the session', body: SessionBody } },
    errors: ['not_found'],
  })
  async read(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const { userId, credential } = sessionOf(principalOf(request));
    const user = userBody(await this.users.get(userId), basePath());
    sendJson(reply, 200, { user, expires_at: timeOf(credential.expiresAtMs) });
  }

  @Route({
    verb: 'DELETE',
    access: 'viewer',
    summary: 'Sign out: end your session, and close everything that is open with it',
    answers: { 204: { what: 'ended' } },
    errors: ['not_found'],
  })
  async end(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const { userId, credential } = sessionOf(principalOf(request));
    await this.sessions.end(userId, credential.sessionId);
    setSessionCookie(request, reply, null);
    sendEmpty(reply, 204);
  }
}

function sessionOf({ userId, credential }: Principal): { userId: number; credential: SessionCredential } {
  if (isSession(credential)) return { userId, credential };
  throw new CodedError('not_found', 'this request does not belong to a session');
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
