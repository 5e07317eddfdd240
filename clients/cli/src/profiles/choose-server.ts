// Decides which server a command talks to, and how it logs in.
import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { serverSocketName } from '../../../../src/model/socket-path.js';
import { exitCodes, Failure } from '../failure.js';
import { readProfiles } from './config-file.js';

export interface ChosenServer {
  /** What people call it, for messages: a name of `login`, a URL, or a socket. */
  label: string;
  /** Without a last slash. For a socket: http://localhost. */
  url: string;
  /** The value of the header Authorization. */
  authorization?: string;
  /** The folder of the socket that replaces the network; being able to open the socket is the login. */
  socketFolder?: string;
}

/** `named`: what --server says. Throws a Failure when no server is known. */
export function chooseServer(named?: string): ChosenServer {
  const { PROCREG_URL: url, PROCREG_TOKEN: token } = process.env;
  if (named !== undefined) return namedServer(named);
  if (url) return { label: url, url: plainUrl(url), authorization: token ? `Bearer ${token}` : knownToken(url) };
  const { current } = readProfiles();
  if (current !== undefined) return namedServer(current);
  return socketServer();
}

function namedServer(named: string): ChosenServer {
  const { servers } = readProfiles();
  if (Object.hasOwn(servers, named)) {
    const { url, token } = servers[named];
    return { label: named, url, authorization: `Bearer ${token}` };
  }
  if (/^https?:\/\//.test(named)) return { label: named, url: plainUrl(named), authorization: knownToken(named) };
  const known = Object.keys(servers);
  throw new Failure(`unknown server '${named}'; known: ${known.join(', ') || 'none'}`, { hint: 'procreg login URL' });
}

/** The token of the profile with exactly this URL, of the current one first: a token is never sent to another server. PROCREG_TOKEN belongs to PROCREG_URL. */
function knownToken(url: string): string | undefined {
  const { current = '', servers } = readProfiles();
  const profile = [servers[current], ...Object.values(servers)].find((one) => one?.url === plainUrl(url));
  return profile && `Bearer ${profile.token}`;
}

/** Throws a Failure when the text is not the URL of a server. */
export function plainUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash)
    throw new Failure(`'${text}' is not the URL of a server, such as https://jobs.example.org or http://127.0.0.1:8000`);
  if (url.username || url.password)
    throw new Failure('a URL must not contain a user and a password', { hint: 'procreg login URL --user NAME' });
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** The server on this machine: the socket in DATA_DIR, whose owner each connection looks at. */
function socketServer(): ChosenServer {
  const folder = resolve(process.env.DATA_DIR || 'data');
  const path = `${folder}/${serverSocketName}`;
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSocket()) throw notLoggedIn();
  return { label: path, url: 'http://localhost', socketFolder: folder };
}

function notLoggedIn(): Failure {
  return new Failure('not logged in to a server', {
    exitCode: exitCodes.refused,
    hint: 'procreg login URL; or set PROCREG_URL and PROCREG_TOKEN; or, on the machine of the server, its DATA_DIR',
  });
}
