// The newest run stands first also when the clock is set back: within one server, and from one server to the next.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { execute, shell } from '../support/programs.js';
import { next } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-clock-'));
const clock = join(folder, 'offset');
afterAll(() => rmSync(folder, { recursive: true }));

/** libfaketime, which shows a program the time that `clock` says; what counts durations is left alone. */
function fakedTime(): Record<string, string> {
  const [library] = readdirSync('/usr/lib')
    .map((architecture) => join('/usr/lib', architecture, 'faketime'))
    .flatMap((path) => {
      try {
        return readdirSync(path).map((name) => join(path, name));
      } catch {
        return [];
      }
    })
    .filter((path) => path.endsWith('/libfaketimeMT.so.1'));
  expect(library, "Debian's package faketime").toBeDefined();
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: clock,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
}

const runOf = async (server: TestServer) => (await execute(server, shell('true'))).headers['run-id'] as string;

async function newestFirst(server: TestServer): Promise<string[]> {
  return (await server.send({ path: '/api/run/?limit=20' })).json.objects.map(({ id }: { id: string }) => id);
}

test('runs stand in the order in which they came, while the clock is set to and fro', async () => {
  writeFileSync(clock, '+0');
  const server = await startServer(fakedTime());
  const ids: string[] = [];
  for (const offset of ['+0', '+3600', '-3600', '-86400', '+0']) {
    writeFileSync(clock, offset);
    for (let count = 0; count < 2; count++) ids.unshift(await runOf(server));
  }
  expect(await newestFirst(server)).toEqual(ids);
  const afterFirst = (await server.send({ path: `/api/run/?after=${ids[3]}` })).json.objects.map(({ id }: { id: string }) => id);
  expect(afterFirst).toEqual(ids.slice(4));

  await server.stop({ keep: true });
  writeFileSync(clock, '-7200');
  const second = await next(server, fakedTime());
  ids.unshift(await runOf(second));
  expect(await newestFirst(second)).toEqual(ids);
  await second.stop();
});
