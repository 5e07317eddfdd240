// What the command does besides serving: doctor, stop-all, and the launcher as a separate service.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lockDataDirectory } from '../../src/database/data-directory-lock.js';
import { launcherSocket } from '../../src/worker/launcher-connection.js';
import { launcherOf } from '../support/processes.js';
import { begun, defined, shell } from '../support/programs.js';
import { crash } from '../support/restarts.js';
import { projectRoot, startServer } from '../support/server.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
const folder = mkdtempSync(join(tmpdir(), 'procreg-roles-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function procreg(role: string[], dataDir: string, settings: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(projectRoot, 'dist/bundle/main.js'), 'server', ...role], {
    env: { PATH: process.env.PATH, DATA_DIR: dataDir, ...settings },
    cwd: folder,
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, said }));
  return { child, ended };
}

test('doctor says which levels work, what is used and what programs share, and creates nothing', async () => {
  const dataDir = join(folder, 'never-served');
  const { code, said } = await procreg(['doctor'], dataDir).ended;
  expect([code, existsSync(dataDir)], said).toEqual([0, false]);
  expect(said).toMatch(/^ok {2}launcher: native$/m);
  expect(said).toMatch(/^ {4}level process: works$/m);
  expect(said).toMatch(/^ {4}level pidns: works$/m);
  expect(said).toMatch(/^ok {2}isolation: ISOLATION=auto gives pidns; ISOLATION_MIN=process$/m);
  expect(said).toMatch(/^ {4}programs share: the network/m);
});

test('doctor says what is wrong, and ends with 1', async () => {
  const { code, said } = await procreg(['doctor'], join(folder, 'other'), { LAUNCHER: 'child_process', ISOLATION_MIN: 'pidns' }).ended;
  expect(code, said).toBe(1);
  expect(said).toMatch(/^ {4}level pidns: needs the native launcher$/m);
  expect(said).toMatch(/^BAD isolation: /m);
});

test('doctor leaves a running server and its runs alone', async () => {
  const server = await startServer();
  const run = await begun(server, shell('sleep 1.5; echo done'));
  const { code, said } = await procreg(['doctor'], server.dataDir).ended;
  expect([code, said.includes(`running on DATA_DIR: version ${version}, pid ${server.pid}, ${server.url}\n`)], said).toEqual([0, true]);
  expect((await server.send({ path: `${run}wait/` })).json).toMatchObject({ success: true });
  expect((await server.send({ path: `${run}log/` })).text).toBe('done\n');
  await server.stop();
});

test('doctor says that a server is running only when one is', async () => {
  const server = await startServer();
  const none = 'server: not running on DATA_DIR\n';
  const doctor = async () => (await procreg(['doctor'], server.dataDir).ended).said;
  await begun(server, shell('sleep 60'));
  await crash(server);
  expect(existsSync(join(server.dataDir, 'server.sock')), 'the socket of a dead server is there').toBe(true);
  expect(launcherOf(server.dataDir), 'only the launcher lives').toBeDefined();
  expect(await doctor()).toContain(none);
  const unlock = lockDataDirectory(server.dataDir);
  expect(await doctor()).toContain('not running on DATA_DIR, but another process holds its lock\n');
  unlock();
  expect(await doctor()).toContain(none);
  expect((await procreg(['stop-all'], server.dataDir).ended).code).toBe(0);
  rmSync(server.dataDir, { recursive: true, force: true });
});

test('a server that runs but does not answer correctly is named by doctor, stop and passwd', async () => {
  const dataDir = mkdtempSync(join(folder, 'odd-'));
  const odd = createServer((_request, response) => response.writeHead(503).end('{"detail": "not today"}'));
  await once(odd.listen(join(dataDir, 'server.sock')), 'listening');
  const sentence = `the server on ${dataDir} cannot be reached through server.sock: not today`;
  for (const role of [['stop-all'], ['passwd', 'admin', '--generate']])
    expect(await procreg(role, dataDir).ended).toEqual({ code: 1, said: `process-registry: ${sentence}\n` });
  expect((await procreg(['doctor'], dataDir).ended).said).toContain(`BAD server: ${sentence}\n`);
  odd.close();
});

test('stop-all of a running server ends waiting runs and services as well', async () => {
  const server = await startServer({ GRACE: '1', LANES: 'io=1' });
  const up = await begun(server, shell('sleep 60', { process_type: 'service' }));
  const running = await begun(server, shell('sleep 60'));
  const path = `${await defined(server, shell('echo never'))}execute/`;
  const waiting = (await server.send({ method: 'POST', path, headers: { prefer: 'respond-async' } })).json.resource_uri;
  expect((await procreg(['stop-all'], server.dataDir).ended).said).toContain('is being stopped');
  for (const [run, reason] of [
    [up, 'stop'],
    [running, 'stop'],
    [waiting, 'cancelled'],
  ])
    expect((await server.send({ path: `${run}wait/?timeout=20` })).json).toMatchObject({
      end_reason: reason,
      error: expect.stringContaining('local'),
    });
  expect(await procreg(['stop-all'], server.dataDir).ended).toEqual({
    code: 0,
    said: `no run is waiting or active on ${server.dataDir}\n`,
  });
  await server.stop();
});

test('stop-all ends every run, with a server and without one', async () => {
  let server = await startServer({ GRACE: '1' });
  const watched = await begun(server, shell('sleep 60'));
  expect((await procreg(['stop-all'], server.dataDir).ended).code).toBe(0);
  expect((await server.send({ path: `${watched}wait/?timeout=20` })).json).toMatchObject({ end_reason: 'stop', signal: 'SIGTERM' });
  const left = await begun(server, shell("trap '' TERM; while :; do sleep 0.1; done"));
  expect(await server.stop({ keep: true })).toBe(0);
  expect((await procreg(['stop-all'], server.dataDir).ended).said).toContain('is being stopped');
  server = await startServer({ GRACE: '1' }, { dataDir: server.dataDir });
  expect((await server.send({ path: `${left}wait/?timeout=20` })).json).toMatchObject({ end_reason: 'stop', signal: 'SIGKILL' });
  await server.stop();
});

test('the launcher as a separate service serves a server that starts later, and ends on TERM', async () => {
  const dataDir = mkdtempSync(join(folder, 'own-'));
  const launcher = procreg(['launcher'], dataDir);
  await expect.poll(() => existsSync(launcherSocket(join(dataDir, 'runs'))), { timeout: 5000 }).toBe(true);
  const server = await startServer({}, { dataDir });
  const run = await begun(server, shell('sleep 60'));
  launcher.child.kill('SIGTERM');
  expect((await launcher.ended).code).toBe(0);
  expect((await server.send({ path: `${run}wait/?timeout=20` })).json).toMatchObject({ end_reason: 'stop', signal: 'SIGTERM' });
  await server.stop();
});
