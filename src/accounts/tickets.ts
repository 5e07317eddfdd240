// Tickets, which stand for a caller at one place to which a browser sends no header. They are in memory, and end with the credentials that made them.
import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../model/roles.js';
import { OpenConnections } from './open-connections.js';

export interface TicketTerms {
  principal: Principal;
  /** The only place where the ticket is good. */
  place: string;
  /** It is good once. */
  once: boolean;
  /** For how long, unless its credentials end earlier. */
  lastsMs: number;
  /** What the place does not say. */
  subject?: string;
}

interface Held extends TicketTerms {
  expiresAtMs: number;
  leave: () => void;
}

/** At these many the oldest of the user goes; where the user has none, the oldest of all. */
const mostPerUser = 1000;
const mostOfAll = 20_000;

@Injectable()
export class Tickets {
  private readonly held = new Map<string, Held>();
  private readonly ofUsers = new Map<number, Set<string>>();

  constructor(private readonly connections: OpenConnections) {}

  /** The credentials of the principal must be valid at this moment. */
  issue(terms: TicketTerms): { ticket: string; expiresAtMs: number } {
    const { principal, lastsMs } = terms;
    this.makeRoom(principal.userId);
    const ticket = `pt_${randomBytes(32).toString('base64url')}`;
    const expiresAtMs = Math.min(Date.now() + lastsMs, tokenEndMs(principal));
    const leave = this.connections.hold(principal, () => this.remove(ticket));
    this.held.set(ticket, { ...terms, expiresAtMs, leave });
    this.ofUsers.set(principal.userId, this.ofUser(principal.userId).add(ticket));
    return { ticket, expiresAtMs };
  }

  /** The caller for whom the ticket stands at this place; null where it is not good. */
  use(ticket: string, place: string): Principal | null {
    const found = this.find(ticket);
    if (found?.place !== place) return null;
    if (found.once) this.remove(ticket);
    return found.principal;
  }

  subjectOf(ticket: string): string | undefined {
    return this.find(ticket)?.subject;
  }

  private find(ticket: string): Held | undefined {
    const found = this.held.get(ticket);
    return found && isOver(found) ? undefined : found;
  }

  private makeRoom(userId: number): void {
    const own = this.ofUser(userId);
    if (own.size < mostPerUser && this.held.size < mostOfAll) return;
    for (const ticket of own) if (isOver(this.held.get(ticket) as Held)) this.remove(ticket);
    if (own.size < mostPerUser && this.held.size < mostOfAll) return;
    const [oldest = this.held.keys().next().value as string] = own;
    this.remove(oldest);
  }

  private remove(ticket: string): void {
    const found = this.held.get(ticket);
    if (!found) return;
    this.held.delete(ticket);
    found.leave();
    const { userId } = found.principal;
    const own = this.ofUser(userId);
    own.delete(ticket);
    if (own.size === 0) this.ofUsers.delete(userId);
  }

  private ofUser(userId: number): Set<string> {
    return this.ofUsers.get(userId) ?? new Set();
  }
}

/** The end of a session moves while it is used, that of a token does not. */
function isOver({ expiresAtMs, principal: { credential } }: Held): boolean {
  const nowMs = Date.now();
  return expiresAtMs <= nowMs || (typeof credential === 'object' && (credential.expiresAtMs ?? Number.POSITIVE_INFINITY) <= nowMs);
}

function tokenEndMs({ credential }: Principal): number {
  const isToken = typeof credential === 'object' && 'tokenId' in credential;
  return (isToken ? credential.expiresAtMs : null) ?? Number.POSITIVE_INFINITY;
}
