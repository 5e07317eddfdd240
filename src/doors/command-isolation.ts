// How commands that no definition stores are isolated: in a sandbox, unless an administrator gives them.
import type { IsolationLevel } from '../protocol/isolation-levels.js';
import type { Principal } from '../protocol/roles.js';

/** For `RunRequest.isolation`. */
export function isolationOfCommands({ role }: Principal): IsolationLevel | undefined {
  return role === 'admin' ? undefined : 'sandbox';
}
