// How a test brings about one run, of which descriptors are counted: executed, abandoned, spoken with.
import { newCoder } from '../support/code.js';
import { leave } from '../support/leaving.js';
import { defined } from '../support/programs.js';
import { until } from '../support/restarts.js';
import { createdRun, stopped } from '../support/run-files.js';
import type { TestServer } from '../support/server.js';
import { say } from '../support/services.js';
import { attach } from '../support/web-socket.js';

export type Act = (server: TestServer) => Promise<unknown>;

/** The definitions of a server, each stored once. */
const stored = new Map<string, Promise<string>>();
export function definition(server: TestServer, content: object): Promise<string> {
  const key = server.url + JSON.stringify(content);
  const known = stored.get(key) ?? defined(server, content);
  stored.set(key, known);
  return known;
}

/** One execute/ to its answer, whatever that says. */
export function executed(content: object, body: Buffer | string = '', query = ''): Act {
  return async (server) => server.send({ method: 'POST', path: `${await definition(server, content)}execute/${query}`, body });
}

/** One whose client leaves. */
export function abandoned(content: object, how: { query?: string; body?: Buffer; cut?: boolean; staysMs?: number }): Act {
  return async (server) =>
    leave(server, { path: `${await definition(server, { ...content, on_disconnect: 'stop' })}execute/${how.query ?? ''}`, ...how });
}

let numbers = 0;
/** A service of a new definition, each time. */
export function serviced(content: object, use: (server: TestServer, definition: string, run: string) => Promise<unknown>): Act {
  return async (server) => {
    const path = await defined(server, { ...content, environment: { NUMBER: String(numbers++) } });
    const { json } = await say(server, path);
    await use(server, path, json.resource_uri);
    await stopped(server, json.resource_uri);
  };
}

export function attached(
  query: string,
  use: (line: Awaited<ReturnType<typeof attach>>, server: TestServer, run: string) => Promise<unknown>,
): Act {
  return async (server) => {
    const run = await createdRun(server, 'echo up; exec cat');
    const line = await attach(server, run, { query });
    await line.shows('up');
    await use(line, server, run);
    line.cut();
    await stopped(server, run);
  };
}

export const readied = (server: TestServer, run: string) =>
  until(
    async () => (await server.send({ path: run })).json,
    ({ ready, state }) => ready || state === 'finished',
  );

let coder: ReturnType<typeof newCoder> | undefined;
export const coderOf = (server: TestServer) => (coder ??= newCoder(server));

/** For another server. */
export function forget(): void {
  stored.clear();
  coder = undefined;
}
