// kill -9 of the launcher: a run keeps its end and its output; only a program whose stdin the launcher held is lost.
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { initOf, processesWith } from '../support/processes.js';
import { defined, execute, runsOf, shell, shellWith } from '../support/programs.js';
import { crash, endOf, idOf, killLauncher, killLauncherAndStarters, logOf, next, running, until } from '../support/restarts.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const twoLines = shell('echo a; sleep 3; echo b; exit 7');

/** A folder in which programs may write, at every level. */
function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-open-'));
  chmodSync(folder, 0o777);
  return folder;
}

/** As `running`, but with a message that the launcher hands on as it arrives: its program is the launcher's own child. */
async function runningHeld(server: TestServer, definition: object): Promise<string> {
  const path = await defined(server, definition);
  server.send({ method: 'POST', path: `${path}execute/`, body: Buffer.alloc(40_000) }).catch(() => {});
  const [{ resource_uri }] = await until(
    () => runsOf(server, path),
    (found) => found[0]?.state === 'running',
  );
  return resource_uri;
}

describe.concurrent('after kill -9 of the launcher', { timeout: 120_000 }, () => {
  test.each(['pidns', 'process'])(
    'a run at %s ends with its exit code and its whole output; the next run has another launcher',
    async (ISOLATION) => {
      const server = await startServer({ ISOLATION });
      const run = await running(server, twoLines);
      killLauncher(server);
      expect((await execute(server, shell('echo next'))).text).toBe('next\n');
      expect(await endOf(server, run)).toMatchObject({ end_reason: 'exit', exit_code: 7, attempt: 1 });
      expect(await logOf(server, run)).toBe('a\nb\n');
      await server.stop();
    },
  );

  test('a run at pidns whose events are followed is followed to its end', async () => {
    const server = await startServer();
    const run = await running(server, twoLines);
    const watched = server.send({ path: `${run}log/?follow=1` });
    await sleep(500);
    killLauncher(server);
    expect((await watched).text).toBe('a\nb\n');
    await server.stop();
  });

  test('a run at level process whose stdin it held keeps running, and is lost: its end is unknown', async () => {
    const server = await startServer({ ISOLATION: 'process' });
    const folder = openFolder();
    const run = await runningHeld(server, shellWith('sleep 2; echo done >"$1/done"', [folder]));
    killLauncher(server);
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'lost', exit_code: null, signal: null, attempt: 1, success: false });
    expect(existsSync(join(folder, 'done'))).toBe(true);
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  test('and of its starter a run at level process is lost', async () => {
    const server = await startServer({ ISOLATION: 'process' });
    const run = await running(server, shell('sleep 2; exit 7'));
    killLauncherAndStarters(server);
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'lost', exit_code: null, success: false });
    await server.stop();
  });

  test.each(['', ' whose stdin it held'])('a run at level process%s is ended at its timeout', async (held) => {
    const server = await startServer({ ISOLATION: 'process' });
    const mark = `${process.pid}.${held.length}`;
    const run = await (held ? runningHeld : running)(server, shell(`sleep 9${mark} & sleep 9${mark}`, { timeout: 2 }));
    killLauncher(server);
    const end = await endOf(server, run);
    expect(end).toMatchObject({ end_reason: held ? 'lost' : 'timeout', success: false });
    expect(Date.parse(end.finished_at) - Date.parse(end.started_at)).toBeLessThan(5000);
    await until(
      () => processesWith(`sleep\0${`9${mark}`}`),
      (left) => left.length === 0,
    );
    await server.stop();
  });

  test('a lost run is tried again as its definition allows, and its record says so', async () => {
    const server = await startServer({ ISOLATION: 'process' });
    const folder = openFolder();
    const script = 'if [ -e "$1/once" ]; then echo second; exit 0; fi; echo first; touch "$1/once"; sleep 3';
    const run = await running(server, shellWith(script, [folder], { retries: 1 }));
    await until(() => existsSync(join(folder, 'once')), Boolean);
    await sleep(1200);
    killLauncherAndStarters(server);
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'exit', exit_code: 0, attempt: 2, success: true });
    expect(await logOf(server, run)).toBe('second\n');
    expect((await server.send({ path: `${run}output/` })).text).toBe('second\n');
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  test.each([
    ['server', 'pidns', 'init'],
    ['launcher', 'pidns', 'init'],
    ['server', 'process', 'starter'],
    ['launcher', 'process', 'starter'],
  ])('and of the server (first the %s) a run at %s is adopted from what its %s writes', async (one, ISOLATION) => {
    const first = await startServer({ ISOLATION });
    const output_adapter = { output_type: 'file', output_parameters: { file_path: 'made' } };
    const [ends, stays, makes] = await Promise.all([
      running(first, shell('echo a; sleep 1; exit 7')),
      running(first, twoLines),
      running(first, shell('sleep 2; echo made > made', { output_adapter })),
    ]);
    if (one === 'launcher') killLauncher(first);
    await crash(first);
    if (one === 'server') killLauncher(first);
    await sleep(1500);
    const server = await next(first, { ISOLATION });
    expect(await endOf(server, ends)).toMatchObject({ end_reason: 'exit', exit_code: 7, attempt: 1 });
    expect(await endOf(server, stays)).toMatchObject({ end_reason: 'exit', exit_code: 7, attempt: 1 });
    expect(await logOf(server, stays)).toBe('a\nb\n');
    expect(await endOf(server, makes)).toMatchObject({ success: true, output: { bytes: 5 } });
    await server.stop();
  });

  test('a stop of a run that it has left at pidns works within the grace and a second', async () => {
    const server = await startServer({ GRACE: '1' });
    const definition = await defined(server, shell("trap '' TERM; while :; do sleep 0.1; done", { on_disconnect: 'stop' }));
    const caller = request(new URL(`${definition}execute/`, server.url), { method: 'POST', auth: adminLogin }).on('error', () => {});
    caller.end();
    await until(
      async () => (await runsOf(server, definition))[0]?.state,
      (state) => state === 'running',
    );
    const [{ resource_uri }] = await runsOf(server, definition);
    killLauncher(server);
    await sleep(1000);
    const askedMs = Date.now();
    caller.destroy();
    const end = await endOf(server, resource_uri);
    expect(end).toMatchObject({ end_reason: 'stop', signal: 'SIGKILL' });
    expect(Date.parse(end.finished_at) - askedMs).toBeLessThan(2000);
    expect(initOf(idOf(resource_uri))).toBe(undefined);
    await server.stop();
  });
});

/** Writes a file when it is told to stop, and keeps running. */
const stubborn = "exec >/dev/null 2>&1; trap 'echo told >>$1/$2' USR1; trap '' TERM; while :; do sleep 0.05; done";
const told = (folder: string) => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));

const kinds = [
  ['at pidns', 'pidns', running],
  ['at process', 'process', running],
  ['at process with a stdin that it held', 'process', runningHeld],
] as const;

describe.concurrent.each(kinds)('after kill -9 of the launcher %s', { timeout: 120_000 }, (_where, ISOLATION, begin) => {
  const isSupervised = begin === running;

  test('a stop has the signal and the grace that it names, however soon it comes', async () => {
    const server = await startServer({ ISOLATION });
    const folder = openFolder();
    const run = await begin(server, shellWith(stubborn, [folder, '${run_id}']));
    const askedMs = Date.now();
    killLauncher(server);
    expect((await server.send({ method: 'POST', path: `${run}stop/`, body: { signal: 'USR1', grace: 0.7 } })).status).toBe(202);
    const end = await endOf(server, run);
    expect(end).toMatchObject({ end_reason: 'stop', signal: isSupervised ? 'SIGKILL' : null });
    expect(Date.parse(end.finished_at) - askedMs).toBeGreaterThan(700);
    expect(Date.parse(end.finished_at) - askedMs).toBeLessThan(5000);
    expect(told(folder)).toEqual(['told\n']);
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  test('a timeout begins with the stop signal of the definition, under the next server, too', async () => {
    const first = await startServer({ ISOLATION });
    const folder = openFolder();
    const definition = shellWith(stubborn, [folder, '${run_id}'], { timeout: 3, stop: { signal: 'USR1', grace: 0.7 } });
    const both = [await begin(first, definition), await begin(first, definition)];
    killLauncher(first);
    await sleep(300);
    await crash(first);
    const server = await next(first, { ISOLATION });
    for (const run of both) {
      const end = await endOf(server, run);
      expect(end.end_reason).toBe(isSupervised ? 'timeout' : 'lost');
      const lastedMs = Date.parse(end.finished_at) - Date.parse(end.started_at);
      expect(lastedMs).toBeGreaterThanOrEqual(3700);
      expect(lastedMs).toBeLessThan(15_000);
    }
    expect(told(folder)).toEqual(['told\n', 'told\n']);
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  test('a signal reaches its program', async () => {
    const server = await startServer({ ISOLATION });
    const folder = openFolder();
    const run = await begin(server, shellWith(stubborn.replace('while', "trap 'exit 6' HUP; while"), [folder, '${run_id}']));
    killLauncher(server);
    // what is sent to a launcher that has just died is lost
    await sleep(500);
    const signal = (name: string) => server.send({ method: 'POST', path: `${run}signal/`, body: { signal: name } });
    expect((await signal('USR1')).status).toBe(202);
    await until(() => told(folder).length, Boolean);
    expect((await signal('HUP')).status).toBe(202);
    expect(await endOf(server, run)).toMatchObject(isSupervised ? { end_reason: 'exit', exit_code: 6 } : { end_reason: 'lost' });
    await server.stop();
    rmSync(folder, { recursive: true });
  });
});
