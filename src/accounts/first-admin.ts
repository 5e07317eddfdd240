// The first user: created when there is none, with the given password or a generated one; and where its password is now.
import { randomBytes } from 'node:crypto';
import { CodedError } from '../model/coded-error.js';
import { normalized } from './login-rules.js';
import { verifyPassword } from './password-hash.js';
import { Passwords } from './passwords.js';
import type { UserEntity } from './user.entity.js';
import { Users } from './users.js';

export interface FirstAdmin {
  username: string;
  /** Undefined: a password is generated and kept. */
  password: string | undefined;
}

/** What a person who has started the server may want to know about the first user's password. */
export interface PasswordState {
  /** What is wrong or unexpected, in whole sentences. */
  notes: string[];
  /** Where the right password is; null: neither in the setting nor in the file. */
  kept: 'setting' | 'file' | null;
  /** The password that was generated just now. */
  generated?: string;
}

/** Throws an Error that names the setting when the given name or password is not allowed. */
export async function makeFirstAdmin(users: Users, passwords: Passwords, admin: FirstAdmin): Promise<PasswordState> {
  if ((await users.count()) > 0) return passwordState(users, passwords, admin);
  const generated = admin.password === undefined ? randomBytes(18).toString('base64url') : undefined;
  if (generated) await passwords.keepGenerated(generated);
  const password = admin.password ?? (generated as string);
  await users.createFirst({ username: admin.username, password, role: 'admin' }).catch((error: Error) => {
    throw error instanceof CodedError ? new Error(`ADMIN_USERNAME or ADMIN_PASSWORD: ${error.message}`) : error;
  });
  const shortness = passwords.shortness(password);
  const notes = shortness === undefined ? [] : [`ADMIN_PASSWORD ${shortness}; set a longer one by \`procreg server passwd\`.`];
  return { notes, kept: generated ? 'file' : 'setting', generated };
}

/** For users that existed before: each known password is tried, since only a try shows whether it is right. */
async function passwordState(users: Users, passwords: Passwords, { username, password }: FirstAdmin): Promise<PasswordState> {
  const user = await users.named(username);
  if (!user) return { notes: [await noSuchUser(users, username), ...(password === undefined ? [] : [ignored('')])], kept: null };
  const notes = roleNotes(user);
  const isItsPassword = async (text: string | undefined) => text !== undefined && (await verifyPassword(text, user.passwordHash));
  if (await isItsPassword(password && normalized(password))) return { notes, kept: 'setting' };
  if (password !== undefined) notes.push(ignored(`: ${username} already exists, with a different password`));
  const generated = await passwords.generated();
  if (await isItsPassword(generated)) return { notes, kept: 'file' };
  if (generated !== undefined) notes.push(`The password in admin-password is outdated: ${username} has a different one.`);
  return { notes, kept: null };
}

const ignored = (why: string) => `ADMIN_PASSWORD is ignored${why}.`;

async function noSuchUser(users: Users, username: string): Promise<string> {
  const admins = (await users.admins()).slice(0, 5).map((admin) => admin.username);
  return `The user ${username} (ADMIN_USERNAME) no longer exists; ${admins.length === 1 ? 'the admin is' : 'admins are'} ${admins.join(', ')}.`;
}

function roleNotes({ username, disabled, role }: UserEntity): string[] {
  return [
    ...(disabled ? [`The user ${username} is disabled.`] : []),
    ...(role === 'admin' ? [] : [`The user ${username} has the role ${role}.`]),
  ];
}
