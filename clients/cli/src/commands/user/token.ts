// Access tokens: one's own, and for admins those of other users.
import type { Act } from '../../command-row.js';
import { Failure } from '../../failure.js';
import { Refusal } from '../../http/refusal.js';
import { segment } from '../../http/segment.js';
import { type Listed, printLine, printList, tell } from '../../terminal/table.js';

interface Token {
  id: number;
  name: string;
  scopes: string[] | null;
  /** Missing: the server is older. */
  tools?: string[] | null;
  expires_at: string | null;
  created_at: string;
}

const tokensPath = (user?: string) => (user === undefined ? '/api/token/' : `/api/user/${segment(user)}/token/`);

export const list: Act = async ({ connection }, _operands, { user, ...listed }: Listed & { user?: string }) => {
  const { objects: all } = await connection.json<{ objects: Token[] }>({ path: tokensPath(user) });
  printList(
    ['ID', 'NAME', 'ROLES', 'CREATED', 'EXPIRES'],
    all.map(({ id, name, scopes, tools, created_at, expires_at }) => [
      String(id),
      name,
      tools ? `tools ${tools.join(',')}` : (scopes?.join(',') ?? 'all'),
      created_at,
      expires_at ?? 'never',
    ]),
    { ...listed, all },
  );
  return 0;
};

interface NewToken {
  user?: string;
  role?: string[];
  tool?: string[];
  expires?: string;
}

/** Only the token goes to stdout, for scripts. */
export const create: Act = async ({ connection, server }, [name], { user, role = [], tool = [], expires }: NewToken) => {
  const lists = { ...(role.length > 0 && { scopes: role }), ...(tool.length > 0 && { tools: tool }) };
  const json = { name, ...lists, ...(expires !== undefined && { expires_at: expires }) };
  const { id, token } = await connection.json<{ id: number; token: string }>({ method: 'POST', path: tokensPath(user), json });
  tell(`Token ${id} of ${server.label}; it is shown only this once:`);
  printLine(token);
  return 0;
};

export const remove: Act = async ({ connection, server }, ids, { user }: { user?: string }) => {
  for (const id of ids) {
    await connection.json({ method: 'DELETE', path: `${tokensPath(user)}${segment(id)}/` }).catch((error) => {
      if (!(error instanceof Refusal) || error.status !== 404) throw error;
      throw new Failure(error.message, { hint: 'tokens go by their ids: procreg token ls' });
    });
    printLine(`revoked token ${id} of ${server.label}`);
  }
  return 0;
};
