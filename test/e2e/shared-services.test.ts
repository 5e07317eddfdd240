// What a shared service never does: run twice, show one user's messages to another, lose a message, or keep resources.
import { get, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { descriptorsOf } from '../support/processes.js';
import { defined, execute, runsOf, shell } from '../support/programs.js';
import { crash, endOf, idOf, next } from '../support/restarts.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';
import { echoScript, messagesOf, once, say, service, startService, texts } from '../support/services.js';

const events = { accept: 'text/event-stream' };
const large = Buffer.alloc(100_000, 'x');

/** The same run once more, as if there had been two of them. */
function doubled({ dataDir }: TestServer, run: string): string {
  const database = new Database(join(dataDir, 'registry.sqlite'));
  const row = database.prepare('SELECT * FROM run WHERE id = ?').get(idOf(run)) as Record<string, unknown>;
  const twin = `${idOf(run).slice(0, -12)}ffffffffffff`;
  const copy = { ...row, id: twin, state: 'queued', run_order: String(row.run_order).replaceAll(idOf(run), twin) };
  const names = Object.keys(copy);
  database
    .prepare(`INSERT INTO run (${names.map((name) => `"${name}"`).join()}) VALUES (${names.map((name) => `@${name}`).join()})`)
    .run(copy);
  database.close();
  return `/api/run/${twin}/`;
}

/** The answer of execute/ with events, as soon as it has begun. */
function executeForEvents(server: TestServer, definition: string, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL(`${definition}execute/`, server.url), {
      method: 'POST',
      auth: adminLogin,
      headers: events,
      agent: false,
    });
    asked.once('response', resolve).once('error', reject).end(body);
  });
}

describe('a message under an Idempotency-Key', { timeout: 60_000 }, () => {
  test('that waited when the server was killed is delivered by its repetition, and then never again', async () => {
    const first = await startServer();
    const definition = await defined(first, service(`sleep 2; echo up >&2; ${echoScript}`, { ready: { log: 'up' } }));
    const key = { 'idempotency-key': 'waits' };
    const soon = { ...key, prefer: 'respond-async' };
    for (let time = 0; time < 2; time++) expect((await say(first, definition, 'kept', soon)).json).toMatchObject({ ready: false });
    await crash(first);
    const server = await next(first);
    const [again, more] = [await say(server, definition, 'kept', key), await say(server, definition, 'kept', key)];
    expect([again.status, more.status, more.json.id]).toEqual([202, 202, again.json.id]);
    await say(server, definition, 'last');
    const said = texts(await messagesOf(server, again.json.resource_uri, { until: ' last\n' }));
    expect(said.map((text) => text.split(' ')[1])).toEqual(['kept\n', 'last\n']);
    await server.send({ method: 'POST', path: `${again.json.resource_uri}stop/` });
    await endOf(server, again.json.resource_uri);
    await server.stop();
  });

  test('that is in progress fails together with its repetition, and is refused with another body', async () => {
    const server = await startServer();
    const definition = await defined(server, service('sleep 1.5; exit 1', { ready: { delay: 20 }, restart: { mode: 'never' } }));
    const key = { 'idempotency-key': 'fails' };
    expect((await say(server, definition, 'one', { ...key, prefer: 'respond-async' })).status).toBe(202);
    expect(await say(server, definition, 'other', key)).toMatchObject({ status: 422, json: { code: 'idempotency_mismatch' } });
    expect(await say(server, definition, 'one', key)).toMatchObject({ status: 409, json: { code: 'wrong_state' } });
    await server.stop();
  });
});

describe('a service', { timeout: 60_000 }, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  const stop = (run: string) => server.send({ method: 'POST', path: `${run}stop/` });
  const descriptors = () => descriptorsOf(server.pid);

  test('of a definition exists once, also after a server that has left two', async () => {
    const first = await startServer();
    const { definition, run } = await startService(first, service(echoScript));
    await once(first, run, ({ ready }) => ready);
    await crash(first);
    const twin = doubled(first, run);
    const later = await next(first);
    expect(await endOf(later, twin)).toMatchObject({ end_reason: 'cancelled', error: expect.stringContaining(idOf(run)) });
    expect((await say(later, definition, 'x')).json).toMatchObject({ resource_uri: run, state: 'running' });
    await later.send({ method: 'POST', path: `${run}stop/` });
    await endOf(later, run);
    await later.stop();
  });

  test('shows its log to its owner and to admins, and to nobody else who may send to it', async () => {
    await server.user('author:author-secret', 'author');
    await server.user('guest:guest-secret', 'runner');
    const definition = await defined(server, service(`echo private >&2; ${echoScript}`, { visibility: 'shared' }), 'author:author-secret');
    const asGuest = { method: 'POST', path: `${definition}execute/`, body: 'x', login: 'guest:guest-secret' };
    expect(await server.send({ ...asGuest, headers: events })).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    expect(await runsOf(server, definition)).toEqual([]);
    const { json } = await server.send(asGuest);
    expect(await server.send({ ...asGuest, headers: events })).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    const seen = await executeForEvents(server, definition, 'x');
    let said = '';
    for await (const chunk of seen) {
      said += chunk;
      if (said.includes('private\n')) break;
    }
    expect(said).toContain('event: stderr');
    await stop(json.resource_uri);
  });

  test('that refuses messages, or had them already, keeps no file open', async () => {
    const { run } = await startService(server, service('exit 1', { restart: { backoff: 50 } }));
    await once(server, run, ({ state }) => state === 'queued');
    const { definition, run: other } = await startService(server, service("awk '{ print length($0); fflush() }'"));
    const again = () => say(server, definition, large, { 'idempotency-key': 'again' });
    await again();
    const before = descriptors();
    for (let time = 0; time < 20; time++) {
      expect((await server.send({ method: 'POST', path: `${run}message/`, body: large })).status).toBe(409);
      expect((await again()).status).toBe(202);
    }
    await expect.poll(descriptors).toBeLessThanOrEqual(before + 5);
    for (const path of [run, other]) await stop(path);
  });

  test('whose reply nobody reads keeps no connection', async () => {
    const script = `
import socketserver, sys
class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        self.rfile.read()
        self.wfile.write(b'x' * 2000000)
socketserver.ThreadingTCPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()`;
    const port = { tcp_port: '${port}' };
    const definition = await defined(server, {
      exec: '/usr/bin/python3',
      argv: ['-u', '-c', script, '${port}'],
      process_type: 'service',
      input_adapter: { input_type: 'port', input_parameters: port },
      output_adapter: { output_type: 'port', output_parameters: port },
    });
    const { json, headers } = await say(server, definition, 'x', { prefer: 'respond-async' });
    expect((await say(server, definition, 'x')).bytes.length).toBe(2_000_000);
    const before = descriptors();
    for (let time = 0; time < 10; time++) (await executeForEvents(server, definition, 'x')).destroy();
    await expect.poll(descriptors, { timeout: 10_000 }).toBeLessThanOrEqual(before + 2);
    expect(headers.location).toBe(json.resource_uri);
    await stop(json.resource_uri);
  });
});

test('a run that writes much leaves no listeners at the connection of its follower', { timeout: 60_000 }, async () => {
  const server = await startServer();
  const { headers } = await execute(server, shell('head -c 8000000 /dev/urandom'));
  const bytes = await new Promise<number>((resolve, reject) => {
    const url = new URL(`/api/run/${headers['run-id']}/log/`, server.url);
    get(url, { auth: adminLogin, headers: events, agent: false }, (answer) => {
      let count = 0;
      answer.on('data', (chunk) => (count += chunk.length)).once('end', () => resolve(count));
    }).once('error', reject);
  });
  expect(bytes).toBeGreaterThan(8_000_000);
  expect(server.said()).not.toContain('MaxListenersExceeded');
  await server.stop();
});
