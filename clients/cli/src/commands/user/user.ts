// Users, for admins.
import type { Act } from '../../command-row.js';
import { exitCodes, Failure } from '../../failure.js';
import { segment } from '../../http/segment.js';
import { ask, confirm, firstLine } from '../../terminal/ask.js';
import { type Listed, printLine, printList } from '../../terminal/table.js';

interface User {
  id: number;
  username: string;
  role: string;
  disabled: boolean;
  created_at: string;
}

const userPath = (name: string) => `/api/user/${segment(name)}/`;

export const list: Act = async ({ connection }, _operands, listed: Listed) => {
  const { objects: all } = await connection.json<{ objects: User[] }>({ path: '/api/user/' });
  printList(
    ['NAME', 'ID', 'ROLE', 'CREATED', ''],
    all.map(({ username, id, role, created_at, disabled }) => [username, String(id), role, created_at, disabled ? 'disabled' : '']),
    { ...listed, all },
  );
  return 0;
};

interface UserOptions {
  role?: string;
  password?: boolean;
  passwordStdin?: boolean;
  rename?: string;
  enable?: boolean;
  disable?: boolean;
  stop?: boolean;
}

export const create: Act = async ({ connection, server }, [username], { role = 'runner', passwordStdin }: UserOptions) => {
  const password = await newPassword(passwordStdin);
  await connection.json({ method: 'POST', path: '/api/user/', json: { username, password, role } });
  printLine(`created ${username}, a ${role}, on ${server.label}`);
  return 0;
};

async function newPassword(fromStdin?: boolean): Promise<string> {
  if (fromStdin) return firstLine();
  const password = await ask('Password: ', { hidden: true });
  if ((await ask('Once more: ', { hidden: true })) !== password) throw new Failure('the passwords differ; nothing was done');
  return password;
}

export const set: Act = async ({ connection, server }, [name], options: UserOptions) => {
  const { role, rename, enable, disable, stop, password, passwordStdin } = options;
  const json = {
    ...(role !== undefined && { role }),
    ...(rename !== undefined && { username: rename }),
    ...((enable || disable) && { disabled: Boolean(disable) }),
    ...(stop && { stop }),
    ...((password || passwordStdin) && { password: await newPassword(passwordStdin) }),
  };
  if (Object.keys(json).length === 0) throw new Failure('nothing to change was given', { exitCode: exitCodes.usage });
  await connection.json({ method: 'PATCH', path: userPath(name), json });
  printLine(`changed ${name} on ${server.label}`);
  return 0;
};

export const remove: Act = async ({ connection, server }, names, { yes = false }: { yes?: boolean }) => {
  await confirm(`Remove ${names.join(', ')} and their tokens from ${server.label}?`, yes);
  for (const name of names) {
    await connection.json({ method: 'DELETE', path: userPath(name) });
    printLine(`removed ${name} from ${server.label}`);
  }
  return 0;
};
