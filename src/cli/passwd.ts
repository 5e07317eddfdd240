// The role `passwd`: sets a new password for a user, through the server when one is running, otherwise in the database.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { Credentials } from '../accounts/credentials.js';
import { normalized } from '../accounts/login-rules.js';
import { OpenConnections } from '../accounts/open-connections.js';
import { Revocations } from '../accounts/revocations.js';
import { Users } from '../accounts/users.js';
import { databaseContents } from '../app/database-contents.js';
import { Availability } from '../database/availability.js';
import { lockDataDirectory } from '../database/data-directory-lock.js';
import { dataSourceOptions } from '../database/data-source.js';
import { SerialWriter } from '../database/serial-writer.js';
import { StartRights } from '../model/start-rights.js';
import { databaseTarget, passwordsOf, type Settings } from '../settings/settings.js';
import { askServer } from './ask-server.js';
import { readPassword } from './read-password.js';

interface Known {
  id: number;
  username: string;
  disabled: boolean;
}

/** How users are found and changed. */
interface Way {
  list(): Promise<Known[]>;
  change(id: number, password: string): Promise<unknown>;
  close(): Promise<void>;
}

/** Throws an Error in one line when there is no such user, or the password is refused. */
export async function passwd(settings: Settings, { name, generate }: { name: string; generate?: boolean }): Promise<void> {
  const way = (await throughServer(settings)) ?? (await inDatabase(settings));
  try {
    const user = (await way.list()).find(({ username }) => username === name || username === normalized(name));
    if (!user) throw new Error(`there is no user '${name}'`);
    const password = generate ? randomBytes(18).toString('base64url') : await readPassword(`New password of ${name}`);
    await way.change(user.id, password);
    if (generate) console.log(password);
    console.error(`The password of ${name} was changed.${user.disabled ? ` The user ${name} is still disabled.` : ''}`);
  } finally {
    await way.close();
  }
}

async function throughServer(settings: Settings): Promise<Way | null> {
  const found = (await askServer(settings, { path: '/api/user/?limit=0' })) as { objects: Known[] } | null;
  if (!found) return null;
  const change = (id: number, password: string) => askServer(settings, { method: 'PATCH', path: `/api/user/${id}/`, body: { password } });
  return { list: async () => found.objects, change, close: async () => {} };
}

/** Works on the database without creating or migrating it. */
async function inDatabase(settings: Settings): Promise<Way> {
  const target = databaseTarget(settings);
  if (!existsSync(settings.dataDir)) throw new Error(`the folder ${settings.dataDir} does not exist (DATA_DIR)`);
  const unlock = lockDataDirectory(settings.dataDir);
  if (target.kind === 'sqlite' && !existsSync(target.file)) throw new Error(`the database ${target.file} does not exist (DATA_DIR)`);
  const { entities } = databaseContents;
  const dataSource = new DataSource(await dataSourceOptions({ target, durability: settings.durability }, { entities, migrations: [] }));
  await dataSource.initialize();
  const users = usersOf(dataSource, settings);
  const close = async () => {
    await dataSource.destroy();
    unlock();
  };
  return { list: () => users.list(), change: (id, password) => users.change(id, { password }), close };
}

/** The users without sessions and runs: in this process nobody is signed in, and nothing runs. */
function usersOf(dataSource: DataSource, settings: Settings): Users {
  const revocations = new Revocations(new Credentials(dataSource), new OpenConnections(), new StartRights());
  return new Users(dataSource, new SerialWriter(dataSource, new Availability()), revocations, passwordsOf(settings));
}
