// A machine without a C compiler: the server runs programs by child_process, says so, and refuses what needs more.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, submit } from '../support/hostile.js';
import { execute, shell } from '../support/programs.js';
import { projectRoot, startServer, type TestServer } from '../support/server.js';

/** A copy of what is installed, but for dist/launcher. */
const folder = mkdtempSync(join(tmpdir(), 'procreg-no-compiler-'));
const bundle = join(folder, 'dist/bundle/main.js');
/** Without cc, gcc and clang. */
const bin = join(folder, 'bin');

beforeAll(() => {
  mkdirSync(bin);
  for (const name of ['sh', 'uname', 'dirname', 'mkdir', 'mv']) symlinkSync(join('/bin', name), join(bin, name));
  for (const name of ['package.json', 'dist/bundle', 'native', 'scripts'])
    cpSync(join(projectRoot, name), join(folder, name), { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the server', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ PATH: bin }, { bundle });
  });
  afterAll(() => server.stop());

  test('says at boot what is missing and what it does instead', () => {
    const warnings = server.said().split('\n');
    const about = warnings.filter((line) => line.includes('child_process'));
    expect(about).toHaveLength(1);
    for (const part of ['native launcher is not compiled', 'C compiler']) expect(about[0]).toContain(part);
  });

  test('says in /health what it starts programs with, and how far they are isolated', async () => {
    const { json } = await server.send({ path: '/health' });
    expect(json).toMatchObject({ launcher: 'child_process', isolation: 'process' });
  });

  test('runs programs, and their records say the level', async () => {
    expect((await execute(server, { exec: '/usr/bin/tr', argv: ['-d', 'x'] }, { body: 'axbxc' })).text).toBe('abc');
    const run = await ended(server, await submit(server, shell('exit 3')));
    expect([run.end_reason, run.exit_code, run.isolation]).toEqual(['exit', 3, 'process']);
    expect(run.usage).toEqual({ cpu_ms: null, max_rss_bytes: null });
  });
});

test.each([
  ['ISOLATION', 'pidns', ['ISOLATION=pidns is not possible', 'needs the native launcher']],
  ['ISOLATION_MIN', 'pidns', ['ISOLATION_MIN=pidns is not reached', 'needs the native launcher']],
  ['LAUNCHER', 'native', ['LAUNCHER=native is not possible', 'not compiled', 'C compiler']],
])('%s=%s refuses to boot, in one line', async (name, value, parts) => {
  const started = await startServer({ PATH: bin, [name]: value }, { bundle }).catch((error: Error) => error);
  if (!(started instanceof Error)) await started.stop();
  const [, code, line] = /^the server ended with (\S+): (.*)$/s.exec((started as Error).message) ?? [];
  expect(Number(code)).toBeGreaterThan(0);
  expect(line.trim().split('\n'), line).toHaveLength(1);
  for (const part of parts) expect(line).toContain(part);
});

test('the installation says in one line that there is no compiler, and goes on', () => {
  const { status, stdout, stderr } = spawnSync('/bin/sh', [join(folder, 'scripts/build-launcher.sh')], {
    env: { PATH: bin },
    encoding: 'utf8',
  });
  expect([status, stdout, stderr.trim().split('\n').length]).toEqual([0, '', 1]);
  expect(stderr).toContain('no C compiler');
  expect(existsSync(join(folder, 'dist/launcher'))).toBe(false);
});
