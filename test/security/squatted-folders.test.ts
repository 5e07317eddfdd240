// Another user of the machine creates the server's folders in /tmp first: they are never used, and no protection is weaker. Only root can run these tests.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isRoot } from '../support/hostile.js';
import { defined, execute, shell } from '../support/programs.js';
import { crash, endOf, next, running } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

const neighbour = 61_235;

let shared: string;
let server: TestServer | undefined;
beforeEach(() => {
  shared = mkdtempSync(join(tmpdir(), 'procreg-shared-'));
  chmodSync(shared, 0o1777);
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  rmSync(shared, { recursive: true });
});

/** By another user, in the folder that all share. */
function neighbours(script: string, ...words: string[]): void {
  execFileSync('/bin/sh', ['-c', `umask 0; cd "$0"; ${script}`, shared, ...words], { uid: neighbour, gid: neighbour });
}

const settings = () => ({ TMPDIR: shared });
const foldersLike = (name: string) => readdirSync(shared).filter((entry) => entry.startsWith(`${name}-`));

describe.runIf(isRoot)('the folder of launchers', () => {
  const name = 'procreg-0';

  test('of another user is not used: programs are isolated as before, and adopted when the name is free again', async () => {
    neighbours(`mkdir ${name}`);
    const first = await startServer(settings());
    const run = await running(first, shell('sleep 3; exit 7'));
    expect((await first.send({ path: run })).json.isolation).toBe('pidns');
    expect(readdirSync(join(shared, name))).toEqual([]);
    const [own] = foldersLike(name);
    expect(lstatSync(join(shared, own))).toMatchObject({ uid: 0, mode: 0o40700 });
    await crash(first);
    neighbours(`rmdir ${name}`);
    server = await next(first, settings());
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'exit', exit_code: 7, attempt: 1 });
    expect(foldersLike(name)).toEqual([own]);
  });

  test.each([
    ['a link to a folder of ours', 'ln -s "$1" "$2"'],
    ['a link to nothing', 'ln -s "$1/none" "$2"'],
    ['a file', 'echo >"$2"'],
  ])('is not %s', async (_what, script) => {
    const ours = join(shared, 'ours');
    mkdirSync(ours, { mode: 0o755 });
    neighbours(script, ours, name);
    server = await startServer(settings());
    expect((await server.send({ path: '/health' })).json.launcher).toBe('native');
    expect([readdirSync(ours), lstatSync(ours).mode & 0o777]).toEqual([[], 0o755]);
  });
});

test.runIf(isRoot)('a folder of work directories of another user is not used, and what programs leave stays found', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'procreg-test-'));
  const name = `procreg-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`;
  neighbours(`mkdir ${name}; touch ${name}/theirs`);
  const first = await startServer(settings(), { dataDir });
  const definition = await defined(first, shell('echo made > made; pwd'));
  const { headers, text } = await first.send({ method: 'POST', path: `${definition}execute/` });
  expect(text.startsWith(join(shared, `${name}-`))).toBe(true);
  expect(readdirSync(join(shared, name))).toEqual(['theirs']);
  await first.stop({ keep: true });
  neighbours(`rm -r ${name}`);
  server = await next(first, settings());
  expect((await server.send({ path: `/api/run/${headers['run-id']}/files/made` })).text).toBe('made\n');
  expect((await execute(server, shell('pwd'))).text.startsWith(join(shared, `${name}-`))).toBe(true);
  expect(existsSync(join(shared, basename(name)))).toBe(false);
});
