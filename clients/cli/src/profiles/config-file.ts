// The file with servers and their tokens: $XDG_CONFIG_HOME/procreg/servers.json, readable by its owner only.
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { Failure } from '../failure.js';

export interface Profile {
  /** Without a last slash: `https://jobs.example.org`. */
  url: string;
  token: string;
  /** The number of the token on the server, for logout; missing where the token was given. */
  tokenId?: number;
  /** Whose token it is. */
  user: string;
}

export interface Profiles {
  /** The name of the server that commands mean without --server. */
  current?: string;
  servers: Record<string, Profile>;
}

function configPath(): string {
  const { XDG_CONFIG_HOME: configured = '' } = process.env;
  // the base directory specification: a relative path is ignored
  return join(isAbsolute(configured) ? configured : join(homedir(), '.config'), 'procreg', 'servers.json');
}

/** Throws a Failure when the file cannot be read, is broken, or could have been read or written by others. */
export function readProfiles(): Profiles {
  const path = configPath();
  let text: string;
  try {
    const descriptor = openSync(path, 'r');
    try {
      checkOwner(path, fstatSync(descriptor));
      text = readFileSync(descriptor, 'utf8');
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { servers: {} };
    if (error instanceof Failure) throw error;
    throw new Failure(`${path} cannot be read: ${(error as Error).message}`);
  }
  return parsed(path, text);
}

function checkOwner(path: string, { uid, mode }: { uid: number; mode: number }): void {
  if (uid !== process.getuid?.()) throw new Failure(`${path} belongs to another user, so that its servers and tokens are not used`);
  if (mode & 0o077) throw new Failure(`${path} can be read or written by others`, { hint: `chmod 600 ${path}` });
}

function parsed(path: string, text: string): Profiles {
  try {
    const { current, servers } = JSON.parse(text) as Profiles;
    if (typeof servers === 'object' && servers !== null) return { current, servers };
  } catch {
    // said below
  }
  throw new Failure(`${path} is broken`, { hint: `remove it, and log in again: rm ${path}` });
}

/** Replaces the file as a whole: a command that ends in the middle leaves the old one. */
export function writeProfiles(profiles: Profiles): void {
  const path = configPath();
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, `${JSON.stringify(profiles, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new Failure(`${path} cannot be written: ${(error as Error).message}`);
  }
}
