// Decides which headers of a request a program gets, and which headers of its response the caller gets.
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { withoutSessionCookies } from '../http/session-cookie.js';
import { wantsUpgrade } from '../http/upgrade.js';

/** The headers of RFC 9110, section 7.6.1; those for the framing of a body stay. */
export const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
  'proxy-authenticate',
  'proxy-authorization',
];
/** `expect` was already answered; the others identify the caller, which only this server may do. */
const notForPrograms = ['authorization', 'x-access-token', 'x-session-key', 'cookie', 'expect', 'forwarded', 'x-real-ip'];
/** Headers that would apply to this whole origin, or make a browser ask for a password. */
const notForBrowsers = new Set([
  ...hopByHop,
  ...['alt-svc', 'clear-site-data', 'nel', 'report-to', 'reporting-endpoints', 'public-key-pins', 'strict-transport-security'],
  ...['service-worker-allowed', 'set-cookie2', 'www-authenticate'],
]);
/** Orders to the web server in front of this one, such as X-Accel-Redirect, by which it would send a file of its own. */
const forWebServers = /^x-(accel-|sendfile|lighttpd-send)/;
/** A page of a program runs without an origin, so that it cannot use what the browser stores for this server. */
const sandbox = 'sandbox allow-downloads allow-forms allow-modals allow-popups allow-scripts';

/** `prefix`: the part of the address before that of the program, after the host. */
export function headersForProgram(request: FastifyRequest, prefix: string): IncomingHttpHeaders {
  const headers = { ...request.raw.headers };
  for (const name of [...hopByHop, ...notForPrograms, ...namedBy(headers.connection)]) delete headers[name];
  for (const name of Object.keys(headers)) if (name.startsWith('x-forwarded-')) delete headers[name];
  const cookie = withoutSessionCookies(request.raw.headers.cookie);
  return {
    ...headers,
    ...(cookie !== undefined && { cookie }),
    ...(wantsUpgrade(request) && { connection: 'Upgrade', upgrade: 'websocket' }),
    ...(request.givenContentType !== undefined && { 'content-type': request.givenContentType }),
    'x-forwarded-for': request.ip,
    'x-forwarded-host': request.host,
    'x-forwarded-proto': request.protocol,
    'x-forwarded-prefix': prefix,
  };
}

/** Whether a header of the response of a program, in lower case, may be passed on. */
export function goesToCaller(name: string, connection: string | undefined): boolean {
  const isKept = !notForBrowsers.has(name) && !name.startsWith('access-control-') && !forWebServers.test(name);
  return isKept && !namedBy(connection).includes(name);
}

/** The headers that the Connection header names for the next hop only. */
function namedBy(connection = ''): string[] {
  return connection.split(',').map((name) => name.trim().toLowerCase());
}

/** The headers `ours` replace those of the program. */
export function headersForCaller(theirs: IncomingHttpHeaders, ours: OutgoingHttpHeaders, place: AnsweredPlace): OutgoingHttpHeaders {
  const kept = Object.entries(theirs).filter(([name]) => goesToCaller(name, theirs.connection) && !Object.hasOwn(ours, name));
  const headers: OutgoingHttpHeaders = Object.fromEntries(kept);
  if (theirs.vary !== undefined && ours.vary !== undefined) headers.vary = `${theirs.vary}, ${ours.vary}`;
  if (theirs.location !== undefined) headers.location = placedLocation(theirs.location, place);
  if (theirs['set-cookie']) headers['set-cookie'] = theirs['set-cookie'].map((cookie) => placedCookie(cookie, place));
  if (typeof headers['cache-control'] === 'string') headers['cache-control'] = forOneLogin(headers['cache-control']);
  headers['content-security-policy'] = [theirs['content-security-policy'], ours['content-security-policy'], sandbox]
    .filter(Boolean)
    .join(', ');
  return headers;
}

/** What a shared cache kept it would give to a caller without the login. */
function forOneLogin(cacheControl: string): string {
  if (/\b(private|no-store)\b/i.test(cacheControl)) return cacheControl;
  const parts = cacheControl.split(',').map((part) => part.trim());
  return ['private', ...parts.filter((part) => !/^(public|s-maxage|$)/i.test(part))].join(', ');
}

export interface AnsweredPlace {
  prefix: string;
  /** The hosts by which the program may refer to its own server. */
  hosts: string[];
}

/** A redirect within the server of the program stays within the prefix. */
function placedLocation(location: string, { prefix, hosts }: AnsweredPlace): string {
  const [, host, rest] = /^(?:https?:)?\/\/([^/?#]*)(.*)$/is.exec(location) ?? [];
  const own = host === undefined ? location : hosts.includes(host.toLowerCase()) ? rest || '/' : null;
  if (own === null || !own.startsWith('/') || isWithin(own, prefix)) return location;
  return prefix + own;
}

/** A cookie is only sent back to the run that has set it. */
function placedCookie(cookie: string, { prefix }: AnsweredPlace): string {
  const [pair, ...attributes] = cookie.split(';').map((part) => part.trim());
  const path = attributes.find((attribute) => /^path\s*=/i.test(attribute))?.replace(/^path\s*=\s*/i, '') ?? '/';
  const others = attributes.filter((attribute) => !/^(path|domain)\s*(=|$)/i.test(attribute));
  return [pair, ...others, `Path=${isWithin(path, prefix) ? path : `${prefix}${path.startsWith('/') ? path : '/'}`}`].join('; ');
}

function isWithin(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}
