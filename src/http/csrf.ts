// Prevents web pages of other origins from writing and from opening WebSockets, since a browser would send the stored password along.
import type { FastifyRequest } from 'fastify';
import { CodedError } from '../model/coded-error.js';
import { isOfPage } from './page-origin.js';
import { isWrite } from './request.js';
import { wantsUpgrade } from './upgrade.js';

/**
 * Throws cross_site. Programs that send neither Origin nor Sec-Fetch-Site are not affected. The Model Context Protocol wants Origin checked at
 * each of its requests, also where one only reads.
 */
export function refuseCrossSite(request: FastifyRequest, allowedOrigins: string[]): void {
  if (!isWrite(request) && !wantsUpgrade(request) && !request.routeOptions?.config?.forAgents) return;
  const { origin, 'sec-fetch-site': site, host } = request.headers;
  if (origin !== undefined && allowedOrigins.includes(origin)) return;
  if (isOfPage(request)) return;
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  const foreignOrigin = site === undefined && origin !== undefined && hostOf(origin) !== host;
  if (foreignSite || foreignOrigin)
    throw new CodedError('cross_site', `pages of ${origin ?? 'another origin'} may not send this (CORS_ORIGINS)`);
}

/** What a browser would run or apply as a part of the page that asks for it. */
const partsOfPages = /^(script|style|xslt|manifest|.*worker|.*worklet)$/;

/**
 * Throws forbidden where a page of this server would take what a program has written for its own script: its Content-Security-Policy
 * allows scripts of this server, and a ticket in their address would be a login.
 */
export function refuseAsScript({ headers, routeOptions }: FastifyRequest): void {
  const { 'sec-fetch-site': site, 'sec-fetch-dest': use } = headers;
  const { ticket, forProgram = false } = routeOptions.config;
  if ((ticket !== undefined || forProgram) && site === 'same-origin' && partsOfPages.test(String(use)))
    throw new CodedError('forbidden', `what a program has written is not a ${use} for a page of this server`);
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
