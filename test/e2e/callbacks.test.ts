// Callbacks: the result of code is posted, signed, again until it is taken, to allowed addresses only, over a restart too.
import { execFileSync } from 'node:child_process';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { bash, type Coder, newCoder } from '../support/code.js';
import { removeFolder, startServer, type TestServer } from '../support/server.js';

const key = Buffer.from('0123456789abcdef0123456789abcdef');
const settings = { CALLBACK_HOSTS: '127.0.0.1,localhost', CALLBACK_SECRET: `whsec_${key.toString('base64')}` };

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

let server: TestServer;
let run: Coder;
let listener: Server;
let port: number;
let received: Received[] = [];
/** The statuses of the next answers; then 200. */
let answers: number[] = [];

beforeAll(async () => {
  server = await startServer(settings);
  run = await newCoder(server);
  listener = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(answers.shift() ?? 200, { location: '/elsewhere' }).end();
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  port = (listener.address() as AddressInfo).port;
});
afterAll(async () => {
  listener.close();
  await server.stop();
});
beforeEach(() => {
  received = [];
  answers = [];
});

const here = (path = '/hook') => `http://127.0.0.1:${port}${path}`;
const calling = (url: string, script = 'echo called') => run(bash(script), { body: { callback_url: url } });
const waiting = () => readdirSync(join(server.dataDir, 'callbacks'));

test('Prefer: respond-async answers 202 at once, and the run has the result', async () => {
  const { status, headers, json } = await run(bash('sleep 0.5; echo later'), { headers: { prefer: 'respond-async' } });
  expect([status, headers.location, headers['preference-applied']]).toEqual([202, json.resource_uri, 'respond-async']);
  const { json: over } = await server.send({ path: `${json.resource_uri}wait/?timeout=30` });
  expect(over).toMatchObject({ success: true, isolation: 'sandbox' });
  expect((await server.send({ path: `${json.resource_uri}log/?stream=stdout` })).text).toBe('later\n');
});

test('the result is posted, signed as Standard Webhooks says', async () => {
  const { status, json } = await calling(here('/signed?a=b'));
  expect([status, json.state === 'finished']).toEqual([202, false]);
  await expect.poll(() => received.length, { timeout: 20_000 }).toBe(1);
  const [{ path, headers, body }] = received;
  expect([path, headers['content-type']]).toEqual(['/signed?a=b', 'application/json']);
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers as Record<string, string>;
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  expect(id).toBe(`msg_${json.id}`);
  expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(30);
  expect(timingSafeEqual(Buffer.from(signature.replace(/^v1,/, ''), 'base64'), expected)).toBe(true);
  expect(JSON.parse(body)).toMatchObject({
    type: 'run.finished',
    timestamp: expect.stringMatching(/^\d{4}-/),
    data: { id: json.id, stdout: 'called\n', stderr: '', error: '', isolation: 'sandbox' },
  });
  await expect.poll(waiting).toEqual([]);
});

test('the result of code that fails is posted as well', async () => {
  await calling(here(), 'exit 3');
  await expect.poll(() => received.map(({ body }) => JSON.parse(body).data.error), { timeout: 20_000 }).toEqual(['Exit code: 3']);
});

test('a callback that is not accepted is sent again, with the same id and body', async () => {
  answers = [500];
  await calling(here());
  await expect.poll(() => received.length, { timeout: 20_000 }).toBe(2);
  expect([received[1].headers['webhook-id'], received[1].body]).toEqual([received[0].headers['webhook-id'], received[0].body]);
});

test('a redirect is not followed', async () => {
  answers = [302];
  await calling(here());
  await expect.poll(() => received.length, { timeout: 20_000 }).toBe(2);
  expect(received.map(({ path }) => path)).toEqual(['/hook', '/hook']);
});

test('a callback that is answered with 410 is not sent again', async () => {
  answers = [410];
  await calling(here());
  await expect.poll(() => received.length, { timeout: 20_000 }).toBe(1);
  await expect.poll(waiting).toEqual([]);
});

test.each([
  ['a host that is not listed', 'http://example.com/'],
  ['an address that is not listed', 'http://127.0.0.2/'],
  ['the same in another notation', 'http://0x7f000002/'],
  ['an address of IPv6', 'http://[::1]/'],
  ['metadata of a cloud', 'http://169.254.169.254/latest/'],
  ['a file', 'file:///etc/passwd'],
  ['credentials', 'http://user:pw@127.0.0.1/'],
  ['no URL', 'there'],
])('%s is a 400, and runs nothing', async (_what, url) => {
  const before = (await server.send({ path: '/api/run/' })).json.meta.total_count;
  const { status, json } = await calling(url);
  expect([status, json.error]).toEqual([400, 'callback_url']);
  expect((await server.send({ path: '/api/run/' })).json.meta.total_count).toBe(before);
});

test('a listed name that leads to an address that is not listed is not connected to', async () => {
  const other = await startServer({ ...settings, CALLBACK_HOSTS: 'localhost' });
  const ask = await newCoder(other);
  const { status } = await ask(bash('true'), { body: { callback_url: `http://localhost:${port}/` } });
  expect(status).toBe(202);
  await expect.poll(other.said, { timeout: 20_000 }).toMatch(/localhost leads to (127\.0\.0\.1|::1), which CALLBACK_HOSTS does not list/);
  expect(received).toEqual([]);
  await other.stop();
});

test('without CALLBACK_SECRET a callback_url is refused', async () => {
  const other = await startServer({ CALLBACK_HOSTS: '127.0.0.1' });
  const ask = await newCoder(other);
  const { status, json } = await ask(bash('true'), { body: { callback_url: here() } });
  expect([status, json.error, json.message]).toEqual([400, 'callback_url', expect.stringContaining('CALLBACK_SECRET')]);
  await other.stop();
});

test.each([
  ['without CALLBACK_SECRET it waits for one that has it', { CALLBACK_HOSTS: '127.0.0.1' }, 'CALLBACK_SECRET is not set', 1],
  ['without its host it is given up', { ...settings, CALLBACK_HOSTS: 'localhost' }, '127.0.0.1, which CALLBACK_HOSTS does not list', 0],
])('a pending callback is subject to the settings of the next server: %s', async (_what, next, words, left) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'procreg-callbacks-'));
  const first = await startServer(settings, { dataDir });
  const ask = await newCoder(first);
  answers = [500, 500, 500];
  await ask(bash('echo left'), { body: { callback_url: here() } });
  await expect.poll(() => received.length, { timeout: 20_000 }).toBe(1);
  await first.stop({ keep: true });
  received = [];
  const second = await startServer(next, { dataDir });
  await expect.poll(second.said, { timeout: 20_000 }).toContain(words);
  await expect.poll(() => readdirSync(join(dataDir, 'callbacks')).length).toBe(left);
  await second.stop();
  expect(received).toEqual([]);
  await removeFolder(dataDir);
});

test('a damaged file of a callback is named and skipped, and the server starts', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'procreg-callbacks-'));
  mkdirSync(join(dataDir, 'callbacks'));
  const damaged = { 'empty.json': '', 'null.json': 'null', 'other.json': '{"runId": "another"}' };
  for (const [name, text] of Object.entries(damaged)) writeFileSync(join(dataDir, 'callbacks', name), text);
  writeFileSync(join(dataDir, 'callbacks', 'begun.json.new'), '{');
  const other = await startServer(settings, { dataDir });
  for (const name of Object.keys(damaged)) await expect.poll(other.said).toContain(`callbacks/${name} is no callback`);
  expect(readdirSync(join(dataDir, 'callbacks')).sort()).toEqual(Object.keys(damaged).sort());
  await other.stop();
  await removeFolder(dataDir);
});

test('a URL of HTTPS in capitals is delivered, encrypted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-callbacks-'));
  const [secret, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const own = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', secret, '-out', certificate];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...own], { stdio: 'ignore' });
  const paths: string[] = [];
  const secure = createSecureServer({ key: readFileSync(secret), cert: readFileSync(certificate) }, (request, response) => {
    paths.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
  const other = await startServer({ ...settings, NODE_EXTRA_CA_CERTS: certificate });
  const ask = await newCoder(other);
  await ask(bash('true'), { body: { callback_url: `HTTPS://127.0.0.1:${(secure.address() as AddressInfo).port}/secure` } });
  await expect.poll(() => paths, { timeout: 20_000 }).toEqual(['/secure']);
  await other.stop();
  secure.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a callback that was pending when the server stopped is delivered by the next one', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'procreg-callbacks-'));
  const first = await startServer(settings, { dataDir });
  const ask = await newCoder(first);
  const { json } = await ask(bash('sleep 3; echo over'), { body: { callback_url: here('/restarted') } });
  await expect.poll(async () => (await first.send({ path: json.resource_uri })).json.state).toBe('running');
  first.process.kill('SIGKILL');
  const second = await startServer(settings, { dataDir });
  await expect.poll(() => received.map(({ body }) => JSON.parse(body).data.stdout), { timeout: 30_000 }).toEqual(['over\n']);
  await second.stop();
  await removeFolder(dataDir);
});
