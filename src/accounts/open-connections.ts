// The connections that are open for a user: each is closed when the credentials that opened it would be refused now.
import { Injectable } from '@nestjs/common';
import { CompactingMap } from '../model/compacting-map.js';
import { endCredentials } from '../model/ended-credentials.js';
import type { Principal } from '../model/roles.js';

interface Held {
  principal: Principal;
  close: () => void;
}

/** A caller who was let in, and how to say that the connection is over. */
export interface Entered {
  principal: Principal;
  leave: () => void;
}

/** How late the expiry of a token may be noticed. A timer for the expiry itself would fire at once for times beyond 2^31 ms. */
const lookMs = 1000;

@Injectable()
export class OpenConnections {
  private readonly held = new CompactingMap<Held>();
  private opened = 0;
  /** The connections that were opened with tokens that expire. */
  private readonly ending = new Set<Held>();
  private timer: NodeJS.Timeout | undefined;
  private closings = 0;

  /** `identify` is called again when something was closed meanwhile: what it had read may be outdated. Null: nobody was identified. */
  async enter(identify: () => Promise<Principal | null>, close: () => void): Promise<Entered | null> {
    for (;;) {
      const { closings } = this;
      const principal = await identify();
      if (!principal) return null;
      if (closings === this.closings) return { principal, leave: this.hold(principal, close) };
    }
  }

  /** `close` is called when the principal's credentials are no longer valid. The caller ends this with the returned function. */
  hold(principal: Principal, close: () => void): () => void {
    const held = { principal, close };
    const key = `connection ${++this.opened}`;
    this.held.set(key, held);
    if (endOf(held) !== null) this.watch(held);
    return () => {
      this.ending.delete(held);
      this.held.delete(key);
    };
  }

  /** Closes the connections of this user for which `concerned` is true. */
  close(userId: number, concerned: (principal: Principal) => boolean = () => true): void {
    this.closings++;
    for (const held of this.held.values()) if (held.principal.userId === userId && concerned(held.principal)) end(held);
  }

  private watch(held: Held): void {
    this.ending.add(held);
    this.timer ??= setInterval(() => this.closeEnded(), lookMs).unref();
  }

  private closeEnded(): void {
    if (this.ending.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    for (const held of [...this.ending]) {
      if ((endOf(held) as number) > Date.now()) continue;
      this.ending.delete(held);
      end(held);
    }
  }
}

function end({ principal, close }: Held): void {
  endCredentials(principal);
  close();
}

function endOf({ principal: { credential } }: Held): number | null {
  return typeof credential === 'object' ? credential.expiresAtMs : null;
}
