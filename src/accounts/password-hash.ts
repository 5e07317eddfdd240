// Password hashes: scrypt, with a limit of two at once and a bounded number waiting.
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { CodedError } from '../model/coded-error.js';

const cost: ScryptOptions = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 2 ** 20 };
const atOnce = 2;
/** When this many checks wait, a further one is refused with 429: each takes some 60 ms of a core. */
const waitingBound = 64;

let active = 0;
const waiting: (() => void)[] = [];

/** `scrypt$N$salt$hash`, salt and hash in base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt);
  return `scrypt$${cost.N}$${salt.toString('base64')}$${hash.toString('base64')}`;
}

/** Takes the same time whether or not the user exists: pass `null` for an unknown one. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [, , salt, hash] = (stored ?? `scrypt$${cost.N}$${'A'.repeat(22)}==$${'A'.repeat(43)}=`).split('$');
  const derived = await derive(password, Buffer.from(salt, 'base64'));
  return timingSafeEqual(derived, Buffer.from(hash, 'base64')) && stored !== null;
}

/** A digest in hex of a text that contains a password: as slow to guess as the hash of the password. */
export async function slowDigest(text: string, salt: string): Promise<string> {
  return (await derive(text, Buffer.from(salt))).toString('hex');
}

async function derive(password: string, salt: Buffer): Promise<Buffer> {
  await turn();
  try {
    return await new Promise((resolve, reject) => scrypt(password, salt, 32, cost, (error, key) => (error ? reject(error) : resolve(key))));
  } finally {
    const next = waiting.shift();
    if (next) next();
    else active--;
  }
}

/** A check that ends hands its turn to the next one that waits. */
async function turn(): Promise<void> {
  if (active < atOnce) {
    active++;
    return;
  }
  if (waiting.length >= waitingBound) {
    throw new CodedError('too_many_attempts', `${waitingBound} password checks are already waiting; try again in 1 s`, {
      retryAfterSeconds: 1,
    });
  }
  await new Promise<void>((resolve) => waiting.push(resolve));
}
