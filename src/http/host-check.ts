// Which names this server is asked for (ALLOWED_HOSTS): a web page whose name leads to this machine would otherwise read here as if it were one of ours (DNS rebinding).
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
   * `isLocalOnly`, and with `trustProxy` whatever a proxy has been asked for.
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

  /** Throws wrong_host. A request without Host (HTTP/1.0) names nobody, and one through the socket of this machine has no need to. */
  check(request: FastifyRequest): void {
    if (request.headers.host === undefined || isLocal(request.raw) || isProbe(request)) return;
    const host = nameOf(request);
    if (!this.allows(host, request.headers['x-forwarded-host'] !== undefined))
      throw new CodedError('wrong_host', `this server is not ${host.slice(0, 255)} (ALLOWED_HOSTS)`);
  }

  private allows(host: string, isForwarded: boolean): boolean {
    if (this.names.size > 0) return this.names.has('*') || this.names.has(host) || this.suffixes.some((suffix) => host.endsWith(suffix));
    if (!this.isLocalOnly() || (this.trustProxy && isForwarded)) return true;
    return host === 'localhost' || host.endsWith('.localhost') || (isIP(host) !== 0 && isLoopback(host));
  }
}

/** Who asks whether a server is there knows it by any name. */
function isProbe({ url }: FastifyRequest): boolean {
  return /^\/health(\/|\?|$)/.test(url);
}

/** As the proxy was asked, with TRUST_PROXY; without its port, and without the dot at its end. */
function nameOf({ hostname }: FastifyRequest): string {
  return bare(hostname.toLowerCase()).replace(/\.$/, '');
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
