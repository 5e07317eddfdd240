// What outlives a request is created only while the credentials of its caller are valid: a password takes a while to hash, and a broker to answer.
import type { AlsoWrite } from '../database/transaction.js';
import { refuseEnded } from '../model/ended-credentials.js';
import type { Principal } from '../model/roles.js';

/** `also`, in a transaction that throws unauthenticated when the caller has lost the credentials. */
export function unlessEnded(caller: Principal, also?: AlsoWrite): AlsoWrite {
  return async (manager, id) => {
    refuseEnded(caller);
    await also?.(manager, id);
  };
}
