// Which headers of a request a program gets, and which of its answer the caller gets.
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { wantsUpgrade } from '../http/upgrade.js';

/** RFC 9110, section 7.6.1; how a body is framed stays. */
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
/** `expect` was answered already; the others say who asks, which is for this server to say. */
const notForPrograms = ['authorization', 'x-access-token', 'expect', 'forwarded', 'x-real-ip'];
/** What would hold for all of this origin, or make a browser ask for a password of it. */
const notForBrowsers = new Set([
  ...hopByHop,
  ...['alt-svc', 'clear-site-data', 'nel', 'report-to', 'reporting-endpoints', 'public-key-pins', 'strict-transport-security'],
  ...['service-worker-allowed', 'set-cookie2', 'www-authenticate'],
]);
/** A page of a program runs as one of no origin: it cannot use what the browser knows of this server. */
const sandbox = 'sandbox allow-downloads allow-forms allow-modals allow-popups allow-scripts';

/** `prefix`: what of the address stands before the program's own, from the host on. */
export function headersForProgram(request: FastifyRequest, prefix: string): IncomingHttpHeaders {
  const headers = { ...request.raw.headers };
  for (const name of [...hopByHop, ...notForPrograms, ...namedBy(headers.connection)]) delete headers[name];
  for (const name of Object.keys(headers)) if (name.startsWith('x-forwarded-')) delete headers[name];
  return {
    ...headers,
    ...(wantsUpgrade(request) && { connection: 'Upgrade', upgrade: 'websocket' }),
    ...(request.givenContentType !== undefined && { 'content-type': request.givenContentType }),
    'x-forwarded-for': request.ip,
    'x-forwarded-host': request.host,
    'x-forwarded-proto': request.protocol,
    'x-forwarded-prefix': prefix,
  };
}

/** Whether a header of a program's answer, in small letters, may go on. */
export function goesToCaller(name: string, connection: string | undefined): boolean {
  return !notForBrowsers.has(name) && !name.startsWith('access-control-') && !namedBy(connection).includes(name);
}

/** Headers that are for the next hop only. */
function namedBy(connection = ''): string[] {
  return connection.split(',').map((name) => name.trim().toLowerCase());
}

/** `ours` go before the program's. */
export function headersForCaller(theirs: IncomingHttpHeaders, ours: OutgoingHttpHeaders, place: AnsweredPlace): OutgoingHttpHeaders {
  const kept = Object.entries(theirs).filter(([name]) => goesToCaller(name, theirs.connection) && !Object.hasOwn(ours, name));
  const headers: OutgoingHttpHeaders = Object.fromEntries(kept);
  if (theirs.location !== undefined) headers.location = placedLocation(theirs.location, place);
  if (theirs['set-cookie']) headers['set-cookie'] = theirs['set-cookie'].map((cookie) => placedCookie(cookie, place));
  headers['content-security-policy'] = [theirs['content-security-policy'], sandbox].filter(Boolean).join(', ');
  return headers;
}

export interface AnsweredPlace {
  prefix: string;
  /** By which names the program may call its own server. */
  hosts: string[];
}

/** A redirection within the program's server stays within its prefix. */
function placedLocation(location: string, { prefix, hosts }: AnsweredPlace): string {
  const [, host, rest] = /^(?:https?:)?\/\/([^/?#]*)(.*)$/is.exec(location) ?? [];
  const own = host === undefined ? location : hosts.includes(host.toLowerCase()) ? rest || '/' : null;
  if (own === null || !own.startsWith('/') || isWithin(own, prefix)) return location;
  return prefix + own;
}

/** A cookie goes back to the run that has set it, and to no other. */
function placedCookie(cookie: string, { prefix }: AnsweredPlace): string {
  const [pair, ...attributes] = cookie.split(';').map((part) => part.trim());
  const path = attributes.find((attribute) => /^path\s*=/i.test(attribute))?.replace(/^path\s*=\s*/i, '') ?? '/';
  const others = attributes.filter((attribute) => !/^(path|domain)\s*(=|$)/i.test(attribute));
  return [pair, ...others, `Path=${isWithin(path, prefix) ? path : `${prefix}${path.startsWith('/') ? path : '/'}`}`].join('; ');
}

function isWithin(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}
