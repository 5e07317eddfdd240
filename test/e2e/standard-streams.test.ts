// Programs that open their own standard streams by name, and scripts that come as the message, at every level and by each launcher.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, grounds, isRoot, startOn } from '../support/hostile.js';
import type { Answer } from '../support/http.js';
import { defined, execute, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const python = { exec: '/usr/bin/python3', argv: ['/dev/stdin'] };
const byName = shell('echo x >/dev/stdout; echo y >/dev/stderr; exit 3');

/** A script of this size. */
const scriptOf = (bytes: number) => `${'# a line of nothing in particular\n'.repeat(bytes / 34)}print("ran")\n`;

const messages: [string, (server: TestServer) => Promise<Answer>][] = [
  ['travels with the order', (server) => execute(server, python, { body: scriptOf(1000) })],
  ['is spooled to a file', (server) => spooled(server, scriptOf(40_000))],
  ['is spooled since its length is unknown', (server) => execute(server, python, { body: Readable.from([Buffer.from(scriptOf(40_000))]) })],
  ['arrives while the program runs', (server) => execute(server, python, { body: scriptOf(200_000) })],
];

/** The output of a run that was not waited for. */
async function spooled(server: TestServer, body: string): Promise<Answer> {
  const path = await defined(server, python);
  const { json, status } = await server.send({ method: 'POST', path: `${path}execute/`, body, headers: { prefer: 'respond-async' } });
  expect(status).toBe(202);
  await ended(server, json.resource_uri);
  const output = await server.send({ path: `${json.resource_uri}output/` });
  return output.status === 200 ? output : server.send({ path: json.resource_uri });
}

describe.each(grounds)('%s', (_where, ground) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startOn(ground);
  });
  afterAll(() => server.stop());

  test('a program may open its stdout and stderr by name', async () => {
    const { json } = await execute(server, byName);
    expect([json.exit_code, json.stdout, json.stderr]).toEqual([3, 'x\n', 'y\n']);
  });

  test.each(messages)('a script that %s is run from /dev/stdin', async (_how, run) => {
    expect((await run(server)).text).toBe('ran\n');
  });
});

// Node gives its children sockets, which Linux does not let anybody open by name.
describe('by child_process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-streams-'));
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ LAUNCHER: 'child_process', WORK_DIR: isRoot ? tmpdir() : folder });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  test('a program that opens its stdout by name gets an error', async () => {
    const { json } = await execute(server, byName);
    expect([json.code, json.exit_code]).toEqual(['exit', 3]);
    expect(json.stdout).toBe('');
    expect(json.stderr).toMatch(/cannot create \/dev\/stdout: No such device or address/);
  });

  test.each(messages.filter(([how]) => how.includes('spooled')))('a script that %s is run from /dev/stdin', async (_how, run) => {
    expect((await run(server)).text).toBe('ran\n');
  });

  test.each(messages.filter(([how]) => !how.includes('spooled')))(
    'a script that %s cannot be opened by Python, which says so',
    async (_how, run) => {
      const { json } = await run(server);
      expect([json.code, json.exit_code]).toEqual(['exit', 2]);
      expect(json.stderr).toMatch(/\/dev\/stdin.*No such device or address/);
    },
  );
});
