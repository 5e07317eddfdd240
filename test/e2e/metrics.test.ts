// /metrics: who may read them, and that they count what happened.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUser } from '../support/accounts.js';
import { send } from '../support/http.js';
import { metricOf } from '../support/metrics.js';
import { begun, defined, execute, shell, shellWith } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const lanes = ['io', 'quiet', ...Array.from({ length: 40 }, (_, number) => `lane${number}`)].map((name) => `${name}=0`).join(',');

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ HOST: '0.0.0.0', TRUST_PROXY: 'true', LANES: lanes });
});

afterAll(async () => {
  await server.stop();
});

const scraped = async (headers: Record<string, string> = {}) => server.send({ path: '/metrics', login: '', headers });
const value = async (name: string, labels: Record<string, string> = {}) => metricOf((await scraped()).text, name, labels);

describe('who may read them', () => {
  test('a program on the same machine needs no login', async () => {
    const { status, headers, text } = await scraped();
    expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(text).toContain('# TYPE procreg_http_requests_total counter');
  });

  test.each([
    ['x-forwarded-for', '127.0.0.1'],
    ['x-forwarded-for', '::1'],
    ['x-forwarded-host', 'localhost'],
    ['forwarded', 'for=127.0.0.1'],
    ['x-real-ip', '127.0.0.1'],
    ['via', '1.1 proxy'],
  ])('a request with %s: %s came through a proxy and needs a login', async (name, text) => {
    const { status, headers } = await scraped({ [name]: text });
    expect([status, headers['www-authenticate']]).toEqual([401, 'Basic realm="process-registry", charset="UTF-8"']);
  });

  test('a request to an address of this machine that is not loopback needs a login', async () => {
    const outside = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
    const own = outside.find(({ internal, family }) => !internal && family === 'IPv4');
    if (!own) return expect(outside.length).toBeGreaterThan(0);
    const url = server.url.replace(/\/\/[^:]+/, `//${own.address}`);
    expect((await send(url, { path: '/metrics' })).status).toBe(401);
    expect((await send(url, { path: '/metrics', login: 'admin:secret' })).status).toBe(200);
  });

  test('behind a proxy only admins and their tokens may', async () => {
    const proxied = { 'x-forwarded-for': '203.0.113.7' };
    expect((await server.send({ path: '/metrics', headers: proxied })).status).toBe(200);
    const { json } = await server.send({ method: 'POST', path: '/api/token/', body: { name: 'prometheus' } });
    expect((await scraped({ ...proxied, authorization: `Bearer ${json.token}` })).status).toBe(200);
    const author = await newUser(server, 'author');
    const { status, json: problem } = await server.send({ path: '/metrics', headers: proxied, login: `${author}:pw` });
    expect([status, problem.code]).toEqual([403, 'forbidden']);
  });
});

describe('what they count', () => {
  test('requests by method, pattern and status', async () => {
    const labels = { method: 'GET', route: '/api/process_definition/:ref', status: '404' };
    const before = Number((await value('procreg_http_requests_total', labels)) ?? 0);
    await server.send({ path: '/api/process_definition/4711/' });
    await server.send({ path: '/api/process_definition/nobody/' });
    await expect.poll(async () => Number(await value('procreg_http_requests_total', labels))).toBe(before + 2);
    const timed = await value('procreg_http_request_duration_seconds_count', { method: 'GET', route: labels.route });
    expect(Number(timed)).toBeGreaterThanOrEqual(before + 2);
  });

  test('no addresses and methods that a client makes up', async () => {
    await send(server.url, { path: '/made-up-0', method: 'PROPFIND' });
    await send(server.url, { path: '/made-up-0' });
    const lines = async () => (await scraped()).text.split('\n').length;
    await lines();
    const before = await lines();
    for (let number = 1; number < 20; number++) await send(server.url, { path: `/made-up-${number}/${'x'.repeat(number)}` });
    for (const method of ['PROPFIND', 'PROPPATCH', 'MKCOL', 'LOCK']) await send(server.url, { path: '/made-up', method });
    expect(await lines()).toBe(before);
    expect((await scraped()).text).not.toContain('made-up');
  });

  test('runs by how they ended, how long they waited and took', async () => {
    const ended = async (end_reason: string) => Number(await value('procreg_runs_ended_total', { end_reason }));
    const before = { exit: await ended('exit'), timeout: await ended('timeout'), spawn: await ended('spawn_error') };
    const took = Number((await value('procreg_run_duration_seconds_count', { lane: 'io' })) ?? 0);
    await execute(server, shell('true'));
    await execute(server, shell('exit 3'));
    await execute(server, shell('sleep 60', { timeout: 0.1 }));
    await execute(server, { exec: '/no/such/program' });
    expect(await ended('exit')).toBe(before.exit + 2);
    expect(await ended('timeout')).toBe(before.timeout + 1);
    expect(await ended('spawn_error')).toBe(before.spawn + 1);
    expect(Number(await value('procreg_run_duration_seconds_count', { lane: 'io' }))).toBe(took + 3);
    expect(Number(await value('procreg_run_queue_seconds_count', { lane: 'io' }))).toBe(took + 4);
  });

  test('unfinished runs, by lane and state', async () => {
    const gate = join(mkdtempSync(join(tmpdir(), 'procreg-gate-')), 'open');
    chmodSync(dirname(gate), 0o755);
    const running = () => value('procreg_runs', { lane: 'quiet', state: 'running' });
    expect(await running()).toBeUndefined();
    await begun(server, shellWith('until [ -e "$1" ]; do sleep 0.05; done', [gate], { lane: 'quiet' }));
    await expect.poll(running).toBe('1');
    writeFileSync(gate, '');
    await expect.poll(running, { timeout: 10_000 }).toBe('0');
    rmSync(dirname(gate), { recursive: true });
  });

  test('lanes with many names, up to a bound', async () => {
    for (let number = 0; number < 40; number++) await execute(server, shell('true', { lane: `lane${number}` }));
    const { text } = await scraped();
    const shown = new Set([...text.matchAll(/^procreg_runs\{lane="([^"]+)"/gm)].map(([, lane]) => lane));
    expect(shown.size).toBe(33);
    expect(metricOf(text, 'procreg_run_duration_seconds_count', { lane: 'other' })).toBeDefined();
  });

  test('the process and the build', async () => {
    const { text } = await scraped();
    const names = [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'process_open_fds',
      'nodejs_eventloop_active_seconds_total',
    ];
    for (const name of names) expect(Number(metricOf(text, name)), name).toBeGreaterThan(0);
    const { text: version } = await server.send({ path: '/about' });
    expect(text).toContain(`procreg_build_info{version="${version}"`);
  });

  test('no secret and no name of a program', async () => {
    await defined(server, shell('echo confidential', { name: 'confidential' }));
    await server.send({
      method: 'POST',
      path: '/api/process_definition/confidential/execute/',
      headers: { 'x-request-id': 'confidential' },
    });
    expect((await scraped()).text).not.toContain('confidential');
  });
});
