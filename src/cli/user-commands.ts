// The roles `user …`: list, create, disable and enable users of this machine's DATA_DIR.
import { normalized } from '../accounts/login-rules.js';
import { type Role, roles } from '../model/roles.js';
import type { Settings } from '../settings/settings.js';
import { printable } from './printable.js';
import { newPassword } from './read-password.js';
import { type KnownUser, withUsers } from './user-access.js';

interface NewUser {
  name: string;
  role?: string;
  generate?: boolean;
}

/** One line per user: id, role, `disabled` or `-`, name. */
export async function listUsers(settings: Settings): Promise<void> {
  const users = await withUsers(settings, (known) => known.list());
  for (const { id, role, disabled, username } of users)
    console.log([id, role, disabled ? 'disabled' : '-', printable(username)].join('\t'));
}

/** Throws an Error in one line when the role, the name or the password is refused. */
export async function createUser(settings: Settings, { name, role = 'viewer', generate }: NewUser): Promise<void> {
  if (!isRole(role)) throw new Error(`--role must be one of ${roles.join(', ')}, got '${role}'`);
  await withUsers(settings, async (users) => {
    const password = await newPassword(`Password of ${name}`, generate);
    await users.create({ username: name, password, role });
    if (generate) console.log(password);
    console.error(`The user ${name} was created with the role ${role}.`);
  });
}

export const disableUser = (settings: Settings, { name }: { name: string }) => setDisabled(settings, name, true);
export const enableUser = (settings: Settings, { name }: { name: string }) => setDisabled(settings, name, false);

async function setDisabled(settings: Settings, name: string, disabled: boolean): Promise<void> {
  await withUsers(settings, async (users) => users.change(userIn(await users.list(), name).id, { disabled }));
  console.error(`The user ${name} is ${disabled ? 'disabled' : 'enabled'}.`);
}

/** Throws an Error when no user has the name. */
export function userIn(users: KnownUser[], name: string): KnownUser {
  const user = users.find(({ username }) => username === name || username === normalized(name));
  if (!user) throw new Error(`there is no user '${name}'`);
  return user;
}

function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}
