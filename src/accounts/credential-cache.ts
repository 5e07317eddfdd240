// Verified credentials, remembered for a short time under a keyed digest, so that scrypt is not paid on every request.
import { hash, randomBytes } from 'node:crypto';
import type { Principal } from '../model/roles.js';

const rememberedMs = 5 * 60_000;
/** At this many entries the oldest one is forgotten. */
const bound = 10_000;

export class CredentialCache {
  private readonly key = randomBytes(32).toString('hex');
  private readonly known = new Map<string, { principal: Principal; untilMs: number }>();
  /** The credential that a connection showed last. */
  private readonly last = new WeakMap<object, { shown: string; digest: string }>();

  /** `shown` is the credential as the caller sent it, for example the Authorization header; `connection` is where it came in. */
  find(shown: string, connection: object): Principal | undefined {
    const digest = this.digestOn(connection, shown);
    const found = this.known.get(digest);
    if (found && found.untilMs > performance.now()) return found.principal;
    if (found) this.known.delete(digest);
    return undefined;
  }

  remember(shown: string, principal: Principal): void {
    if (this.known.size >= bound) this.known.delete(this.known.keys().next().value as string);
    this.known.set(this.digest(shown), { principal, untilMs: performance.now() + rememberedMs });
  }

  /** Called when a user's password, role or state changes. */
  forget(userId: number): void {
    for (const [digest, { principal }] of this.known) if (principal.userId === userId) this.known.delete(digest);
  }

  /** A connection mostly shows the same credential again, which it holds in memory anyway. */
  private digestOn(connection: object, shown: string): string {
    const last = this.last.get(connection);
    if (last?.shown === shown) return last.digest;
    const digest = this.digest(shown);
    this.last.set(connection, { shown, digest });
    return digest;
  }

  private digest(shown: string): string {
    return hash('sha256', this.key + shown, 'base64');
  }
}
