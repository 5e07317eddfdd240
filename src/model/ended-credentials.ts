// Remembers which callers have lost the credentials of a request that is still under way: what it was to write must not be written any more.
import { CodedError } from './coded-error.js';
import type { Principal } from './roles.js';

const ended = new WeakSet<Principal>();

/** To be called when the credentials, or the rights that they gave, are no longer valid. */
export function endCredentials(principal: Principal): void {
  ended.add(principal);
}

/** To be called before something is stored or given away that outlives the request, however long ago its login was. Throws unauthenticated. */
export function refuseEnded(principal: Principal): void {
  if (ended.has(principal)) throw new CodedError('unauthenticated', 'the credentials of this request are no longer valid');
}
