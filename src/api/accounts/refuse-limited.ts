// Which tokens may not manage tokens and users.
import { CodedError } from '../../model/coded-error.js';
import type { Principal } from '../../model/roles.js';

/** A caller with a token that has scopes or an end could otherwise give itself, or a user that it creates, more rights and no end. */
export function refuseLimited({ limited }: Principal): void {
  if (limited)
    throw new CodedError('forbidden', 'a token with scopes, tools or an expiry cannot manage tokens and users or change a password');
}
