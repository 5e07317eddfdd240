// Servers on which hostile programs are tried: as root with a uid per run, as an ordinary user, at each level.
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { defined } from './programs.js';
import { adminLogin, type ServerOptions, startServer, type TestServer } from './server.js';

export const isRoot = process.getuid?.() === 0;

export interface Ground {
  level: 'process' | 'pidns';
  options: ServerOptions;
}

/** Not 65534, by which the system calls every user whom a namespace does not know. */
export const ordinary: ServerOptions = isRoot ? { uid: 1234 } : {};

const atLevels = (who: string, options: ServerOptions) =>
  (['process', 'pidns'] as const).map((level): [string, Ground] => [`${who}, level ${level}`, { level, options }]);

/** The environments of a server: as root with a uid per run, and as an ordinary user. Without root only the second half can be tried. */
export const grounds: [string, Ground][] = [
  ...(isRoot ? atLevels('a server of root', {}) : []),
  ...atLevels('a server of an ordinary user', ordinary),
];

/** Those where programs of different runs are kept apart; an ordinary user's bare processes share all its rights. */
export const partedGrounds = grounds.filter(([, { level, options }]) => level === 'pidns' || (isRoot && options.uid === undefined));

export const startOn = ({ level, options }: Ground, settings: Record<string, string> = {}): Promise<TestServer> =>
  startServer({ ISOLATION: level, ...settings }, options);

/** Something that no other process has in its command line or environment. */
export const newMark = () => `mark-${randomBytes(8).toString('hex')}`;

/** Submits a run of a new definition and does not wait. Returns its path. */
export async function submit(server: TestServer, definition: object, login = adminLogin): Promise<string> {
  const path = `${await defined(server, definition, login)}execute/`;
  const answer = await server.send({ method: 'POST', path, login, headers: { prefer: 'respond-async' } });
  expect(answer.status, answer.text).toBe(202);
  return answer.json.resource_uri;
}

/** The record of the run once it has ended. */
export async function ended(server: TestServer, path: string, seconds = 30) {
  const { status, json } = await server.send({ path: `${path}wait/?timeout=${seconds}` });
  expect(status, JSON.stringify(json)).toBe(200);
  return json;
}

/** Resolves when the run has said this on stdout; also for use outside of a test. */
export async function said(server: TestServer, path: string, text: string): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    if ((await server.send({ path: `${path}log/?stream=stdout` })).text.includes(text)) return;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error(`the run ${path} did not say '${text}'`);
}

export async function stop(server: TestServer, path: string, how: { signal?: string; grace?: number } = {}): Promise<number> {
  return (await server.send({ method: 'POST', path: `${path}stop/`, body: how })).status;
}
