// The cookie of a session: its name, how a browser gets it, and how it is kept from programs.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { basePath } from './urls.js';

const anyName = /^(__Host-)?procreg_session_\d+$/;

/** The values of the cookie: a program on another port of this host may have set further ones with the name. */
export function sessionCookies(request: FastifyRequest): string[] {
  const name = cookieName(request);
  return pairsOf(request.headers.cookie)
    .filter((pair) => pair.name === name)
    .map(({ value }) => value);
}

/** Null: the browser forgets the cookie. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, session: { cookie: string; lastsMs: number } | null): void {
  const { cookie, lastsMs } = session ?? { cookie: '', lastsMs: 0 };
  const pair = `${cookieName(request)}=${cookie}`;
  const parts = [pair, `Path=${basePath() || '/'}`, 'HttpOnly', 'SameSite=Lax', `Max-Age=${Math.floor(lastsMs / 1000)}`];
  void reply.header('set-cookie', [...parts, ...(isSecure(request) ? ['Secure'] : [])].join('; '));
}

/** The header Cookie as a program may see it; undefined: nothing is left. */
export function withoutSessionCookies(cookie: string | undefined): string | undefined {
  if (!cookie?.includes('procreg_session_')) return cookie;
  const kept = pairsOf(cookie).filter(({ name }) => !anyName.test(name));
  return kept.length === 0 ? undefined : kept.map(({ text }) => text).join('; ');
}

function pairsOf(cookie = ''): { name: string; value: string; text: string }[] {
  return cookie.split(';').map((part) => {
    const text = part.trim();
    const equals = text.indexOf('=');
    return { name: text.slice(0, Math.max(0, equals)).trim(), value: text.slice(equals + 1).trim(), text };
  });
}

/** A browser sends a cookie to every port of a host, so that the port is in the name: that of the address that the browser shows. */
function cookieName(request: FastifyRequest): string {
  const isAtRoot = basePath() === '';
  const usual = isSecure(request) ? '443' : '80';
  const port = /:(\d+)$/.exec(request.host)?.[1] ?? usual;
  return `${isSecure(request) && isAtRoot ? '__Host-' : ''}procreg_session_${port}`;
}

function isSecure({ protocol }: FastifyRequest): boolean {
  return protocol === 'https';
}
