// The form of an access token, and the digest of it that is stored.
import { createHash, randomBytes } from 'node:crypto';

const randomLength = 30;
const form = new RegExp(`^pr_[A-Za-z0-9_-]{${(randomLength / 3) * 4}}$`);

export function newToken(): string {
  return `pr_${randomBytes(randomLength).toString('base64url')}`;
}

/** Whether the text can be a token; a password may look the same. */
export function isToken(text: string): boolean {
  return form.test(text);
}

/** SHA-256 in hex. */
export function tokenDigest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
