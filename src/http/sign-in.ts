// Leads someone who opens an address in a browser, and is not signed in, to the page that asks for the password, and back.
import type { FastifyRequest } from 'fastify';
import { CodedError } from '../model/coded-error.js';
import { prefers } from './accept.js';
import { splitAddress } from './shown-ticket.js';
import { basePath } from './urls.js';

/** Where to sign in for this request; undefined: its error is answered as it is. */
export function signInUri(request: FastifyRequest, error: unknown): string | undefined {
  const isLogin = error instanceof CodedError && error.code === 'unauthenticated';
  // the address of a program's page is a login itself, and nobody comes back to one that has ended
  if (!isLogin || !isOpened(request) || request.routeOptions.config.ticket === 'path') return undefined;
  const { place } = splitAddress(request.url);
  // two slashes, or what browsers take for them, would lead to another host
  const path = /^\/(?![/\\])/.test(place) ? place : '/';
  return `${basePath()}/ui/sign-in#then=${encodeURIComponent(basePath() + path).replaceAll('%2F', '/')}`;
}

/** Whether a person has opened the address. Someone who sends a password is told by 401 that it is wrong. */
function isOpened({ method, headers }: FastifyRequest): boolean {
  const navigates = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
  return navigates && headers.authorization === undefined && prefers(headers.accept, 'text/html');
}
