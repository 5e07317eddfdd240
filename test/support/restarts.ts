// Kills of a server and of its launcher by pid, and what comes after them.
import { once } from 'node:events';
import { expect } from 'vitest';
import { kill9, launcherOf } from './processes.js';
import { startServer, type TestServer } from './server.js';

/** kill -9; resolves when it is gone. */
export async function crash({ pid, process: child }: TestServer): Promise<void> {
  kill9(pid);
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** The next server on the same data. */
export function next({ dataDir }: TestServer, settings: Record<string, string> = {}): Promise<TestServer> {
  return startServer(settings, { dataDir });
}

export function killLauncher({ dataDir }: TestServer): void {
  expect(kill9(launcherOf(dataDir)), 'there is a launcher to be killed').toBe(true);
}

/** The record of the run with this path once it has ended. */
export async function endOf(server: TestServer, path: string) {
  const { status, json } = await server.send({ path: `${path}wait/?timeout=100` });
  expect(status, JSON.stringify(json)).toBe(200);
  return json;
}

export const logOf = async (server: TestServer, path: string) => (await server.send({ path: `${path}log/` })).text;

export const idOf = (path: string) => path.split('/')[3];
