// A launcher that cannot run: the server does not start with it; one that runs says so, refuses what it cannot start, and heals.
import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { breakLauncher, copyProduct, launcherFaults, mendLauncher } from '../support/copied-product.js';
import { ended, stop } from '../support/hostile.js';
import { launcherOf } from '../support/processes.js';
import { defined, shell } from '../support/programs.js';
import { killLauncher, running, until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

const product = copyProduct();
afterEach(() => {
  for (const part of [product.launcher, product.sandbox]) mendLauncher(part);
});
afterAll(() => rmSync(product.folder, { recursive: true }));

const ann = 'ann:ann-password';
const statusOf = async (server: TestServer, path: string) => (await server.send({ path, login: '' })).status;

describe('at the start', () => {
  test.each(launcherFaults)('a server whose launcher %s says so in one line and does not start', async (_what, makeFault, said) => {
    breakLauncher(product.launcher, makeFault);
    const started = await startServer({}, { bundle: product.bundle }).catch((error: Error) => error);
    if (!(started instanceof Error)) await started.stop();
    const [, code, line] = /^the server ended with (\S+): (.*)$/s.exec((started as Error).message) ?? [];
    expect(code).toBe('1');
    expect(line.trim().split('\n'), line).toHaveLength(1);
    for (const part of ['LAUNCHER=auto is not possible', said, 'LAUNCHER=child_process', 'do not outlive the server'])
      expect(line).toContain(part);
  });

  test('a launcher that runs already is used, though its file is missing', async () => {
    const first = await startServer({ GRACE: '1' }, { bundle: product.bundle });
    const run = await running(first, shell('sleep 60'));
    breakLauncher(product.launcher, (path) => rmSync(path));
    await first.stop({ keep: true });
    const server = await startServer({}, { bundle: product.bundle, dataDir: first.dataDir });
    expect((await server.send({ path: run })).json).toMatchObject({ state: 'running', attempt: 1 });
    expect(await stop(server, run)).toBe(202);
    expect(await ended(server, run)).toMatchObject({ end_reason: 'stop' });
    await server.stop();
  });
});

describe('under a running server', () => {
  let server: TestServer;
  let definition: string;
  beforeAll(async () => {
    server = await startServer({ LANES: 'io=1', GRACE: '1', LOG_LEVEL: 'info' }, { bundle: product.bundle });
    await server.user(ann, 'author');
    definition = await defined(server, { exec: '/usr/bin/tr', argv: ['-d', 'x'] });
  });
  afterAll(async () => {
    await server.stop();
  });

  const executed = () => server.send({ method: 'POST', path: `${definition}execute/`, body: Buffer.from('axbxc') });
  const isReady = (status: number) =>
    until(
      () => statusOf(server, '/health/ready'),
      (found) => found === status,
    );

  test.each(launcherFaults)(
    'a launcher that %s is reported, what it cannot start is refused, and everything works again when it is repaired',
    async (_what, makeFault, said) => {
      breakLauncher(product.launcher, makeFault);
      const pid = launcherOf(server.dataDir);
      killLauncher(server);
      await isReady(503);
      const ready = await server.send({ path: '/health/ready', login: '' });
      const about = await server.send({ path: '/health', login: '' });
      const answers = [
        await executed(),
        await server.send({ method: 'POST', path: '/api/run/', body: shell('true') }),
        await server.send({ method: 'POST', path: `${definition}execute/`, headers: { prefer: 'respond-async' } }),
      ];
      expect(await statusOf(server, '/health/live')).toBe(200);
      mendLauncher(product.launcher);
      expect([about.status, about.json.status, about.json.launcher_state]).toEqual([503, 'failing', expect.stringContaining(said)]);
      for (const answer of [ready, ...answers]) {
        expect([answer.status, answer.json.code, answer.headers['retry-after']]).toEqual([503, 'launcher_unavailable', '5']);
        expect(answer.json.detail).toContain(said);
      }
      await isReady(200);
      expect((await executed()).text).toBe('abc');
      expect((await server.send({ path: '/health', login: '' })).json).toMatchObject({ status: 'ok', launcher_state: 'ok' });
      expect(launcherOf(server.dataDir)).not.toBe(pid);
      expect(server.said()).toContain('programs can be started again');
    },
  );

  test('runs that are running meanwhile end as usual, and those that wait for their turn start afterwards', async () => {
    const first = await running(server, shell('sleep 1.5; exit 7'));
    const waiting = await server.send({ method: 'POST', path: '/api/run/', body: shell('exit 8') });
    breakLauncher(product.launcher, (path) => rmSync(path));
    killLauncher(server);
    await isReady(503);
    expect(await ended(server, first)).toMatchObject({ end_reason: 'exit', exit_code: 7 });
    const path = waiting.json.resource_uri;
    expect((await server.send({ path })).json.state).toBe('queued');
    mendLauncher(product.launcher);
    expect(await ended(server, path)).toMatchObject({ end_reason: 'exit', exit_code: 8, attempt: 1 });
  });

  test('a run still gets its sandbox when the file procreg-sandbox is gone', async () => {
    breakLauncher(product.sandbox, (path) => rmSync(path));
    const { json } = await server.send({ method: 'POST', path: '/api/run/', login: ann, body: shell('exit 9') });
    const end = await ended(server, json.resource_uri);
    expect(end).toMatchObject({ isolation: 'sandbox', exit_code: 9 });
  });
});
