// What a run may touch and what is left of it, and how the server starts, refuses to start, and ends.
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { execute, shell } from '../support/programs.js';
import { removeFolder, type ServerOptions, startServer, type TestServer } from '../support/server.js';

const isRoot = process.getuid?.() === 0;

/** A new folder that everybody may pass through. */
function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-open-'));
  chmodSync(folder, 0o755);
  return folder;
}

/** False also for a zombie, which runs nothing any more. */
function runs(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('a run', () => {
  let folder: string;
  let dataDir: string;
  let server: TestServer;

  beforeAll(async () => {
    folder = openFolder();
    dataDir = join(folder, 'data');
    mkdirSync(dataDir, { mode: 0o755 });
    server = await startServer({ GRACE: '1', LEAKED: 'into the program', ISOLATION: 'process' }, { dataDir });
  });

  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const starts: [string, string][] = [
    ['in the background', 'sleep 300 & echo $!'],
    ['that ignores TERM and HUP', "(trap '' TERM HUP; while :; do sleep 1; done) & echo $!"],
    ['that has closed its streams', 'sleep 300 <&- >&- 2>&- & echo $!'],
  ];
  test.each(starts)('leaves no grandchild %s', async (_what, script) => {
    const begin = performance.now();
    const answer = await execute(server, shell(script));
    expect(answer.status, answer.text).toBe(200);
    expect(performance.now() - begin).toBeLessThan(5000);
    const pid = Number(answer.text);
    expect(pid).toBeGreaterThan(1);
    await sleep(1000);
    const left = runs(pid);
    if (left) process.kill(pid, 'SIGKILL');
    expect(left).toBe(false);
  });

  test('that ignores TERM is ended by its timeout and the grace, with all its children', async () => {
    const begin = performance.now();
    const { status, json } = await execute(server, shell("trap '' TERM; echo $$; while :; do sleep 0.1; done", { timeout: 1 }));
    const tookMs = performance.now() - begin;
    expect([status, json.code, json.signal]).toEqual([422, 'timeout', 'SIGKILL']);
    expect(tookMs).toBeGreaterThanOrEqual(1990);
    expect(tookMs).toBeLessThan(3000);
    expect(Number(json.stdout)).toBeGreaterThan(1);
    expect(runs(Number(json.stdout))).toBe(false);
  });

  test('that heeds TERM may clean up and is a timeout all the same', async () => {
    const { json } = await execute(server, shell("trap 'echo cleaned; exit 0' TERM; while :; do sleep 0.1; done", { timeout: 0.5 }));
    expect(json).toMatchObject({ status: 422, code: 'timeout', exit_code: 0, stdout: 'cleaned\n' });
  });

  test('finds a clean environment: PATH, HOME, TMPDIR, TRACEPARENT and what the definition says', async () => {
    const { text } = await execute(server, { exec: '/usr/bin/env', environment: { GIVEN: 'a=b c' } });
    const lines = text.trim().split('\n').sort();
    expect(lines.map((line) => line.split('=')[0])).toEqual(['GIVEN', 'HOME', 'PATH', 'TMPDIR', 'TRACEPARENT']);
    expect(lines[0]).toBe('GIVEN=a=b c');
    expect(lines[2]).toBe('PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
  });

  test.each([[{}], [{ limits: { open_files: 64 } }]])('has only the descriptors 0, 1 and 2 (%j)', async (more) => {
    const list = 'import os; print(*sorted(fd for fd in os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd/" + fd)))';
    const busy = execute(server, shell('sleep 1; cat'));
    const { text } = await execute(server, { exec: '/usr/bin/python3', argv: ['-c', list], ...more });
    expect(text).toBe('0 1 2\n');
    await busy;
  });

  test.each(['rmdir "$PWD"; true', 'rm -rf "$TMPDIR" "$PWD"; true', 'chmod 000 "$PWD"', 'mkdir -p a/b; chmod 000 a/b a'])(
    'that does %s to its own directory leaves the server and its next run alone',
    async (script) => {
      const own = await startServer();
      for (let count = 0; count < 3; count++) {
        expect((await execute(own, shell(script))).status).toBe(200);
        await sleep(100);
        expect(own.process.exitCode, own.said()).toBe(null);
      }
      expect((await execute(own, shell('ls -A; pwd'))).text).toMatch(/^\/\S+\n$/);
      expect(await own.stop()).toBe(0);
    },
  );

  test.runIf(isRoot)('has its own uid, and no group of the server', async () => {
    const identify = shell('id -u; id -g; id -G');
    const answers = await Promise.all([1, 2, 3].map(() => execute(server, identify)));
    const ids = answers.map(({ text }) => text.trim().split('\n').map(Number));
    expect(new Set(ids.map(([uid]) => uid)).size).toBe(3);
    for (const [uid, gid, groups] of ids) {
      expect(uid).toBeGreaterThanOrEqual(700_000);
      expect(uid).toBeLessThanOrEqual(765_535);
      expect([gid, groups]).toEqual([uid, uid]);
    }
  });

  test.runIf(isRoot)('cannot read what is in DATA_DIR', async () => {
    expect(readdirSync(dataDir)).toEqual(expect.arrayContaining(['registry.sqlite', 'runs', 'lock']));
    const own = readdirSync(dataDir).filter((name) => name !== 'work');
    const readable = await execute(
      server,
      shell(`cd ${dataDir}; for name in ${own.join(' ')}; do test -r $name && echo $name; done; true`),
    );
    expect([readable.status, readable.text]).toEqual([200, '']);
  });

  test.runIf(isRoot)('cannot read the directory of another run', async () => {
    const other = execute(server, shell('echo secret > kept; pwd; sleep 2'));
    await sleep(300);
    expect((await execute(server, shell(`ls ${join(dataDir, 'work')}`))).json.stderr).toContain('Permission denied');
    const works = readdirSync(join(dataDir, 'work')).map((name) => join(dataDir, 'work', name, 'work/kept'));
    expect(works.some((path) => readOrNothing(path) === 'secret\n')).toBe(true);
    for (const path of works) expect((await execute(server, shell(`cat ${path}`))).status).toBe(422);
    expect((await other).status).toBe(200);
  });
});

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

describe('TERM', () => {
  test.each([
    ['native', { code: 'ECONNREFUSED' }],
    ['child_process', { status: 503, headers: { 'retry-after': '5' } }],
  ])('lets the server answer what is in flight, refuse the new, exit with 0 and free its port (%s)', async (LAUNCHER, told) => {
    const server = await startServer({ GRACE: '10', LAUNCHER });
    const begin = performance.now();
    const inFlight = execute(server, shell('sleep 1.5; echo answered'));
    await expect.poll(async () => (await server.send({ path: '/api/run/?state=running' })).json.objects.length).toBe(1);
    const exited = server.stop();
    await sleep(200);
    expect(await server.send({ path: '/api/process_definition/' }).catch((error) => error)).toMatchObject(told);
    const { status, text } = await inFlight;
    expect([status, text]).toEqual([200, 'answered\n']);
    expect(await exited).toBe(0);
    expect(performance.now() - begin).toBeLessThan(6000);
    const listener = createServer().listen(Number(new URL(server.url).port), '127.0.0.1');
    await once(listener, 'listening');
    listener.close();
  });

  test('does not wait longer than the grace', async () => {
    const server = await startServer({ GRACE: '1' });
    const inFlight = execute(server, shell("trap '' TERM; while :; do sleep 0.1; done")).catch(() => undefined);
    await expect.poll(async () => (await server.send({ path: '/api/run/?state=running' })).json.objects.length).toBe(1);
    const begin = performance.now();
    expect(await server.stop()).toBe(0);
    expect(performance.now() - begin).toBeLessThan(6000);
    await inFlight;
  });
});

describe('a start that must fail', () => {
  /** The one line that was said before the server ended with a code that is not 0. */
  async function refusal(settings: Record<string, string>, options: ServerOptions = {}): Promise<string> {
    const started = await startServer(settings, options).catch((error: Error) => error);
    if (!(started instanceof Error)) await started.stop({ keep: true });
    const [, code, said] = /^the server ended with (\S+): (.*)$/s.exec((started as Error).message ?? '') ?? [];
    expect(Number(code), 'it should have ended with an error').toBeGreaterThan(0);
    expect(said.trim().split('\n'), said).toHaveLength(1);
    return said.trim();
  }

  test('a second server on the same DATA_DIR', async () => {
    const first = await startServer();
    expect(await refusal({}, { dataDir: first.dataDir })).toContain(first.dataDir);
    expect((await execute(first, shell('echo still here'))).text).toBe('still here\n');
    expect(await first.stop()).toBe(0);
  });

  test.each([
    ['garbage', 'this is no database '.repeat(500)],
    ['a damaged header', `SQLite format 3\0${'\xff'.repeat(5000)}`],
  ])('a corrupt database file (%s), which stays as it is', async (_what, content) => {
    const dataDir = openFolder();
    const file = join(dataDir, 'registry.sqlite');
    writeFileSync(file, content, 'latin1');
    expect(await refusal({}, { dataDir })).toMatch(/database|registry\.sqlite/);
    expect(readFileSync(file, 'latin1')).toBe(content);
    // the launcher keeps running for seconds, and removes what tried the isolation levels
    await removeFolder(dataDir);
  });

  const wrong: [string, Record<string, string>, string[], string[]][] = [
    ['a --set of an unknown name', {}, ['--set', 'NO_SUCH=1'], ['NO_SUCH']],
    ['a PORT that is not a number', { PORT: 'http' }, [], ['PORT', "'http'", '65535']],
    ['a PORT that is too large', { PORT: '70000' }, [], ['PORT', "'70000'", '65535']],
    ['a GRACE that is not a duration', { GRACE: 'long' }, [], ['GRACE', "'long'", '5m']],
  ];
  test.each(wrong)('%s', async (_what, settings, flags, parts) => {
    const line = await refusal(settings, { arguments: flags });
    for (const part of parts) expect(line).toContain(part);
  });
});
