// The ticket of a request: in the query of an address, or in the path of a program's own page; and the place where it must be good.
import type { FastifyRequest } from 'fastify';

/** What a ticket can do at a route: be used once, be used again, be used once to send something, or stand in the path in place of any login. */
export type TicketUse = 'once' | 'again' | 'send' | 'path';

export interface ShownTicket {
  ticket: string;
  place: string;
}

/** The place of the tickets that stand in a path. */
export const pagePlace = 'page';
/** The query parameter. */
export const ticketParameter = '-ticket';

/** Undefined: the request has none, or its route takes none. */
export function shownTicket({ routeOptions, params, method, url }: FastifyRequest): ShownTicket | undefined {
  const use = routeOptions?.config?.ticket;
  if (use === undefined) return undefined;
  if (use === 'path') return { ticket: (params as { ticket: string }).ticket, place: pagePlace };
  const { place, tickets } = splitAddress(url);
  const methods = use === 'send' ? ['PUT'] : ['GET', 'HEAD'];
  return tickets.length > 0 && methods.includes(method) ? { ticket: tickets[0], place } : undefined;
}

/** The address without the tickets in it. */
export function splitAddress(url: string): { place: string; tickets: string[] } {
  const start = url.indexOf('?');
  if (start < 0) return { place: url, tickets: [] };
  const parts = url.slice(start + 1).split('&');
  const isTicket = (part: string) => part.startsWith(`${ticketParameter}=`);
  const others = parts.filter((part) => !isTicket(part));
  const place = url.slice(0, start) + (others.length > 0 ? `?${others.join('&')}` : '');
  return { place, tickets: parts.filter(isTicket).map((part) => part.slice(ticketParameter.length + 1)) };
}

/** A ticket must not be in a log, wherever in an address it stands. */
export function loggedPath(url: string): string {
  return url.split('?')[0].replace(/pt_[\w-]{43,}/g, 'pt_***');
}
