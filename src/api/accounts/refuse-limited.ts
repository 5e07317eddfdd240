// Which tokens may not manage tokens.
import { CodedError } from '../../model/coded-error.js';
import type { Principal } from '../../model/roles.js';

/** A caller with a token that has scopes or an end could otherwise give itself more rights, or revoke the tokens of others. */
export function refuseLimited({ limited }: Principal): void {
  if (limited) throw new CodedError('forbidden', 'a token with scopes or an expiry cannot manage tokens or change the password');
}
