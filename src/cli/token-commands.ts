// The roles `token …`: list, create and revoke access tokens of users of this machine's DATA_DIR.
import { type Role, roles } from '../model/roles.js';
import type { Settings } from '../settings/settings.js';
import { printable } from './printable.js';
import { withUsers } from './user-access.js';
import { userIn } from './user-commands.js';

interface NewToken {
  name: string;
  label?: string;
  scope?: string;
  expires?: string;
}

/** One line per token: number, scopes or `-`, end or `never`, label. */
export async function listTokens(settings: Settings, { name }: { name: string }): Promise<void> {
  const tokens = await withUsers(settings, async (users) => users.tokens(userIn(await users.list(), name).id).list());
  for (const { id, scopes, expires_at, name: label } of tokens)
    console.log([id, scopes?.join(',') ?? '-', expires_at ?? 'never', printable(label)].join('\t'));
}

/** Throws an Error in one line when the scope, the time or the label is refused. */
export async function createToken(settings: Settings, { name, label = '', scope, expires }: NewToken): Promise<void> {
  const scopes = scope === undefined ? undefined : [roleIn(scope)];
  await withUsers(settings, async (users) => {
    const { token, id } = await users.tokens(userIn(await users.list(), name).id).create({ name: label, scopes, expires_at: expires });
    console.log(token);
    console.error(`The token ${id} of ${name} was created; it is shown only this once.`);
  });
}

export async function revokeToken(settings: Settings, { name, number }: { name: string; number: string }): Promise<void> {
  if (!/^[1-9]\d{0,14}$/.test(number)) throw new Error(`NUMBER must be the number of a token (procreg server token list), got '${number}'`);
  await withUsers(settings, async (users) => users.tokens(userIn(await users.list(), name).id).remove(Number(number)));
  console.error(`The token ${number} of ${name} is revoked.`);
}

function roleIn(text: string): Role {
  const role = roles.find((one) => one === text);
  if (!role) throw new Error(`--scope must be one of ${roles.join(', ')}, got '${text}'`);
  return role;
}
