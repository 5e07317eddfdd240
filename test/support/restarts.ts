// Kills of a server and of its launcher by pid, and what comes after them.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { childrenOf, kill9, launcherOf, readProc } from './processes.js';
import { execute } from './programs.js';
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

/** First the launcher, which would adopt the runs of its starters: then nobody knows how a run at level process ends. */
export function killLauncherAndStarters(server: TestServer): void {
  const starters = childrenOf(launcherOf(server.dataDir) as number).filter(({ pid }) =>
    readProc(pid, 'cmdline').startsWith('procreg-starter'),
  );
  killLauncher(server);
  expect(starters.map(({ pid }) => kill9(pid))).toContain(true);
}

/** The record of the run with this path once it has ended. */
export async function endOf(server: TestServer, path: string) {
  const { status, json } = await server.send({ path: `${path}wait/?timeout=100` });
  expect(status, JSON.stringify(json)).toBe(200);
  return json;
}

export const logOf = async (server: TestServer, path: string) => (await server.send({ path: `${path}log/` })).text;

export const idOf = (path: string) => path.split('/')[3];

/** Asks until it is so; for tests that run side by side, where expect.poll does not know whose it is. */
export async function until<Value>(ask: () => Value | Promise<Value>, isSo: (value: Value) => boolean): Promise<Value> {
  const lastMs = performance.now() + 30_000;
  for (;;) {
    const value = await ask();
    if (isSo(value)) return value;
    if (performance.now() > lastMs) throw new Error(`after 30 s it is still ${JSON.stringify(value)}`);
    await sleep(20);
  }
}

/** The path of the run of a new definition, once its program runs. */
export async function running(server: TestServer, definition: object): Promise<string> {
  const path = (await execute(server, definition, { headers: { prefer: 'respond-async' } })).json.resource_uri;
  await until(
    async () => (await server.send({ path })).json.state,
    (state) => state === 'running',
  );
  return path;
}
