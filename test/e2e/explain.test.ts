// explain/: what would run, without running it.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defined, needed, runsOf } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.stop());

describe('explain/', () => {
  test('shows by GET and by POST what would run, and starts nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'procreg-explain-'));
    const path = await defined(server, {
      exec: 'touch',
      argv: [`${folder}/\${name}`, '${workdir}/x'],
      timeout: 7,
      ...needed({ name: { type: 'string' } }),
    });
    const ways = [
      await server.send({ path: `${path}explain/?name=x` }),
      await server.send({ method: 'POST', path: `${path}explain/`, body: { name: 'x' } }),
    ];
    for (const { status, json } of ways) {
      expect([status, json.exec, json.argv, json.timeout]).toEqual([200, '/usr/bin/touch', [`${folder}/x`, '${workdir}/x'], 7]);
    }
    expect((await server.send({ path: `${path}explain/?nome=x` })).json.code).toBe('invalid_parameters');
    expect(await runsOf(server, path)).toEqual([]);
    expect(existsSync(`${folder}/x`)).toBe(false);
    rmSync(folder, { recursive: true });
  });
});
