// Prevents web pages of other origins from writing and from opening WebSockets, since a browser would send the stored password along.
import type { FastifyRequest } from 'fastify';
import { CodedError } from '../model/coded-error.js';
import { isWrite } from './request.js';
import { wantsUpgrade } from './upgrade.js';

/** Throws cross_site. Programs that send neither Origin nor Sec-Fetch-Site are not affected. */
export function refuseCrossSite(request: FastifyRequest, allowedOrigins: string[]): void {
  if (!isWrite(request) && !wantsUpgrade(request)) return;
  const { origin, 'sec-fetch-site': site, host } = request.headers;
  if (origin !== undefined && allowedOrigins.includes(origin)) return;
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  const foreignOrigin = site === undefined && origin !== undefined && hostOf(origin) !== host;
  if (foreignSite || foreignOrigin)
    throw new CodedError('cross_site', `pages of ${origin ?? 'another origin'} may not write here (CORS_ORIGINS)`);
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
