// Checks the Host of requests (ALLOWED_HOSTS): otherwise a web page whose name resolves to this machine could read here like a page of this server (DNS rebinding).
import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { CodedError } from '../model/coded-error.js';
import { isLocal } from './local-socket.js';
import { isLoopback } from './loopback.js';

export class HostCheck {
  private readonly names: Set<string>;
  private readonly suffixes: string[];

  /**
   * `allowed`: names and addresses without a port, `*.example.org` for all below, `*` for all; none: loopback alone as long as
   * `isLocalOnly`, and with `trustProxy` every name that a proxy forwards.
   */
  constructor(
    allowed: string[],
    private readonly trustProxy: boolean,
    private readonly isLocalOnly: () => boolean,
  ) {
    const entries = allowed.map((entry) => bare(entry.toLowerCase()));
    this.names = new Set(entries);
    this.suffixes = entries.filter((entry) => entry.startsWith('*.')).map((entry) => entry.slice(1));
  }

  /** Throws wrong_host, and invalid_request where HTTP demands a Host (RFC 9112, section 3.2). A request through the socket of this machine may name any. */
  check(request: FastifyRequest): void {
    if (request.headers.host === undefined) return refuseHostless(request);
    refuseMalformedHost(request);
    if (isLocal(request.raw) || isProbe(request)) return;
    const host = nameOf(request);
    if (!this.allows(host, request.headers['x-forwarded-host'] !== undefined))
      throw new CodedError('wrong_host', `this server does not answer for the host '${host.slice(0, 255)}' (ALLOWED_HOSTS)`);
  }

  private allows(host: string, isForwarded: boolean): boolean {
    if (this.names.size > 0) return this.names.has('*') || this.names.has(host) || this.suffixes.some((suffix) => host.endsWith(suffix));
    if (!this.isLocalOnly() || (this.trustProxy && isForwarded)) return true;
    return host === 'localhost' || host.endsWith('.localhost') || (isIP(host) !== 0 && isLoopback(host));
  }
}

function refuseHostless({ raw: { httpVersion } }: FastifyRequest): void {
  if (httpVersion === '1.1') throw new CodedError('invalid_request', 'a request of HTTP/1.1 must have the header Host');
}

/** RFC 3986, section 3.2.2, without what no name of a host has: the host is repeated in addresses and headers of responses. */
const hostForm = /^(\[[0-9a-f:.]+\]|[\w.~%-]+)(:\d{0,5})?$/i;

/** With TRUST_PROXY it is the one that the proxy was asked for. */
function refuseMalformedHost({ host }: FastifyRequest): void {
  if (!hostForm.test(host))
    throw new CodedError('invalid_request', `the header Host must be a host and a port, got '${host.slice(0, 255)}'`);
}

/** Probes may use any name for the server. */
function isProbe({ url }: FastifyRequest): boolean {
  return /^\/health(\/|\?|$)/.test(url);
}

/** The requested name without its port and without a final dot; with TRUST_PROXY the name that the proxy was asked for. */
function nameOf({ hostname }: FastifyRequest): string {
  return bare(hostname.toLowerCase()).replace(/\.$/, '');
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
