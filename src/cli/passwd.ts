// The role `passwd`: sets a new password for a user.
import type { Settings } from '../settings/settings.js';
import { newPassword } from './read-password.js';
import { withUsers } from './user-access.js';
import { userIn } from './user-commands.js';

/** Throws an Error in one line when there is no such user, or the password is refused. */
export async function passwd(settings: Settings, { name, generate }: { name: string; generate?: boolean }): Promise<void> {
  await withUsers(settings, async (users) => {
    const user = userIn(await users.list(), name);
    const password = await newPassword(`New password of ${name}`, generate);
    await users.change(user.id, { password });
    if (generate) console.log(password);
    console.error(`The password of ${name} was changed.${user.disabled ? ` The user ${name} is still disabled.` : ''}`);
  });
}
