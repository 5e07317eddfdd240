// How the commands on this machine find and change users and their tokens: through the server when one is running, otherwise in the database.
import { existsSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { Credentials } from '../accounts/credentials.js';
import { OpenConnections } from '../accounts/open-connections.js';
import { Revocations } from '../accounts/revocations.js';
import { Tokens } from '../accounts/tokens.js';
import { Users } from '../accounts/users.js';
import { type ListedToken, listedToken, NewTokenBody, newTokenOf } from '../api/accounts/account-bodies.js';
import { databaseContents } from '../app/database-contents.js';
import { Availability } from '../database/availability.js';
import { lockDataDirectory } from '../database/data-directory-lock.js';
import { dataSourceOptions } from '../database/data-source.js';
import { SerialWriter } from '../database/serial-writer.js';
import { Events } from '../events/events.js';
import { validated } from '../http/validate-dto.js';
import type { Role } from '../model/roles.js';
import { StartRights } from '../model/start-rights.js';
import { databaseTarget, passwordsOf, type Settings } from '../settings/settings.js';
import { askServer } from './ask-server.js';

export interface KnownUser {
  id: number;
  username: string;
  role: Role;
  disabled: boolean;
}

interface TokenAccess {
  list(): Promise<ListedToken[]>;
  create(token: NewTokenBody): Promise<{ id: number; token: string }>;
  remove(id: number): Promise<unknown>;
}

interface UserAccess {
  list(): Promise<KnownUser[]>;
  create(user: { username: string; password: string; role: Role }): Promise<unknown>;
  change(id: number, change: { password?: string; disabled?: boolean }): Promise<unknown>;
  tokens(userId: number): TokenAccess;
  close(): Promise<void>;
}

/** Calls `act`, and closes what was opened for it. Throws an Error in one line where neither a server nor a database is to be had. */
export async function withUsers<Result>(settings: Settings, act: (users: UserAccess) => Promise<Result>): Promise<Result> {
  const users = (await throughServer(settings)) ?? (await inDatabase(settings));
  try {
    return await act(users);
  } finally {
    await users.close();
  }
}

async function throughServer(settings: Settings): Promise<UserAccess | null> {
  const found = (await askServer(settings, { path: '/api/user/?limit=0' })) as { objects: KnownUser[] } | null;
  if (!found) return null;
  return {
    list: async () => found.objects,
    create: (body) => askServer(settings, { method: 'POST', path: '/api/user/', body }),
    change: (id, body) => askServer(settings, { method: 'PATCH', path: `/api/user/${id}/`, body }),
    tokens: (userId) => tokensThroughServer(settings, `/api/user/${userId}/token/`),
    close: async () => {},
  };
}

function tokensThroughServer(settings: Settings, path: string): TokenAccess {
  return {
    list: async () => ((await askServer(settings, { path })) as { objects: ListedToken[] }).objects,
    create: async (body) => (await askServer(settings, { method: 'POST', path, body })) as { id: number; token: string },
    remove: (id) => askServer(settings, { method: 'DELETE', path: `${path}${id}/` }),
  };
}

/** Works on the database without creating or migrating it. */
async function inDatabase(settings: Settings): Promise<UserAccess> {
  const target = databaseTarget(settings);
  if (!existsSync(settings.dataDir)) throw new Error(`the folder ${settings.dataDir} does not exist (DATA_DIR)`);
  const unlock = lockDataDirectory(settings.dataDir);
  if (target.kind === 'sqlite' && !existsSync(target.file)) throw new Error(`the database ${target.file} does not exist (DATA_DIR)`);
  const { entities } = databaseContents;
  const dataSource = new DataSource(await dataSourceOptions({ target, durability: settings.durability }, { entities, migrations: [] }));
  await dataSource.initialize();
  const { users, tokens } = accountsOf(dataSource, settings);
  const close = async () => {
    await dataSource.destroy();
    unlock();
  };
  return {
    list: () => users.list(),
    create: (user) => users.create(user),
    change: (id, change) => users.change(id, change),
    tokens: (userId) => tokensInDatabase(tokens, userId),
    close,
  };
}

function tokensInDatabase(tokens: Tokens, userId: number): TokenAccess {
  return {
    list: async () => (await tokens.list(userId)).map(listedToken),
    create: async (body) => tokens.create(userId, newTokenOf(await validated(NewTokenBody, body))),
    remove: (id) => tokens.remove(userId, id),
  };
}

/** Without sessions and runs: in this process nobody is signed in, and nothing runs. */
function accountsOf(dataSource: DataSource, settings: Settings): { users: Users; tokens: Tokens } {
  const revocations = new Revocations(new Credentials(dataSource), new OpenConnections(), new StartRights());
  const writer = new SerialWriter(dataSource, new Availability());
  const events = new Events(settings.keptEvents, settings.basePath);
  return {
    users: new Users(dataSource, writer, revocations, passwordsOf(settings), events),
    tokens: new Tokens(dataSource, writer, revocations, events),
  };
}
