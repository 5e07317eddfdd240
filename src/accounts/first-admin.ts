// The first user: made when there is none, with the given password or one that is written down once.
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { Users } from './users.js';

export interface FirstAdmin {
  username: string;
  /** Undefined: one is generated and written to `passwordFile` (0600). */
  password: string | undefined;
  passwordFile: string;
}

/** The generated password, or null when none was needed. */
export async function makeFirstAdmin(users: Users, admin: FirstAdmin): Promise<string | null> {
  if ((await users.count()) > 0) return null;
  const generated = admin.password === undefined ? randomBytes(18).toString('base64url') : null;
  if (generated) await writeFile(admin.passwordFile, `${generated}\n`, { mode: 0o600 });
  await users.create({ username: admin.username, password: admin.password ?? (generated as string), role: 'admin' });
  return generated;
}
