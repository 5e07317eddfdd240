// Logs in to servers and out of them.
import { hostname, userInfo } from 'node:os';
import type { Act } from '../../command-row.js';
import { exitCodes, Failure } from '../../failure.js';
import { Connection } from '../../http/connection.js';
import { Refusal } from '../../http/refusal.js';
import { plainUrl } from '../../profiles/choose-server.js';
import { type Profile, readProfiles, writeProfiles } from '../../profiles/config-file.js';
import { ask, firstLine } from '../../terminal/ask.js';
import { printList, tell } from '../../terminal/table.js';

interface LoginOptions {
  user?: string;
  name?: string;
  passwordStdin?: boolean;
  tokenStdin?: boolean;
}

/** How long a login waits for the server of a token that it replaces. */
const revokeMs = 5000;

export const login: Act = async (_session, [text], options: LoginOptions) => {
  const url = plainUrl(text);
  const name = options.name ?? url.replace(/^https?:\/\//, '');
  if (/^https?:\/\//.test(name) || name === '') throw new Failure(`a server cannot be called '${name}'`, { exitCode: exitCodes.usage });
  const profile = options.tokenStdin ? await givenToken(url) : await newToken(url, options);
  const profiles = readProfiles();
  writeProfiles({ current: name, servers: { ...profiles.servers, [name]: profile } });
  if (Object.hasOwn(profiles.servers, name)) await revokeReplaced(profiles.servers[name], profile);
  tell(`Logged in to ${name} as ${profile.user}; it is the current server.`);
  return 0;
};

async function givenToken(url: string): Promise<Profile> {
  const token = (await firstLine()).trim();
  const connection = new Connection({ label: url, url, authorization: `Bearer ${token}` });
  const { username } = await connection.json<{ username: string }>({ path: '/api/me/' });
  return { url, token, user: username };
}

async function newToken(url: string, { user, passwordStdin }: LoginOptions): Promise<Profile> {
  const name = user ?? (await ask('User: '));
  const password = passwordStdin ? await firstLine() : await ask('Password: ', { hidden: true });
  const connection = new Connection({ label: url, url, authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` });
  const label = `procreg of ${userInfo().username} on ${hostname()}`;
  const asked = connection.json<{ id: number; token: string }>({ method: 'POST', path: '/api/token/', json: { name: label } });
  const { id, token } = await asked.catch((error) => {
    // the usual hint is to log in
    throw error instanceof Refusal && error.status === 401
      ? new Failure(error.message, { hint: `is the password of ${name} right?` })
      : error;
  });
  return { url, token, tokenId: id, user: name };
}

/** The token that nobody knows any more; what became of it does not decide about the new login. */
async function revokeReplaced({ url, token, tokenId }: Profile, by: Profile): Promise<void> {
  if (tokenId === undefined || token === by.token) return;
  const connection = new Connection({ label: url, url, authorization: `Bearer ${token}` });
  await revoke(connection, tokenId, AbortSignal.timeout(revokeMs)).catch(() => {
    tell(`procreg: the former token ${tokenId} on ${url} could not be revoked, and stays valid`);
  });
}

export const logout: Act = async (_session, [named]) => {
  const { current, servers } = readProfiles();
  const name = named ?? current;
  if (name === undefined || !Object.hasOwn(servers, name)) throw new Failure(`not logged in${name === undefined ? '' : ` to ${name}`}`);
  const { url, token, tokenId } = servers[name];
  const connection = new Connection({ label: name, url, authorization: `Bearer ${token}` });
  const { [name]: _removed, ...others } = servers;
  writeProfiles({ current: current === name ? undefined : current, servers: others });
  if (tokenId !== undefined) await revoke(connection, tokenId);
  tell(`Logged out of ${name}${tokenId === undefined ? '; its token stays valid' : ', and its token is revoked'}.`);
  return 0;
};

/** A token that the server does not know any more is revoked already. */
async function revoke(connection: Connection, tokenId: number, signal?: AbortSignal): Promise<void> {
  await connection.json({ method: 'DELETE', path: `/api/token/${tokenId}/`, signal }).catch((error) => {
    if (!(error instanceof Refusal) || ![401, 404].includes(error.status)) throw error;
  });
}

export const servers: Act = async (_session, _operands, { json }: { json?: boolean }) => {
  const { current, servers: known } = readProfiles();
  const all = Object.entries(known).map(([name, { url, user }]) => ({ name, url, user, current: name === current }));
  printList(
    ['NAME', 'URL', 'USER', ''],
    all.map((one) => [one.name, one.url, one.user, one.current ? 'current' : '']),
    { all, json },
  );
  return 0;
};

export const use: Act = async (_session, [name]) => {
  const profiles = readProfiles();
  if (!Object.hasOwn(profiles.servers, name))
    throw new Failure(`unknown server '${name}'; known: ${Object.keys(profiles.servers).join(', ') || 'none'}`);
  writeProfiles({ ...profiles, current: name });
  return 0;
};
