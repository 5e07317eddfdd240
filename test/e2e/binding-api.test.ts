// /api/binding/ and /api/stream/ on the bus memory: permissions, checks, and what bindings do with messages.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bound, newStream, stateOf } from '../support/bindings.js';
import { databases, newDatabase } from '../support/databases.js';
import { follow } from '../support/followed-stream.js';
import { metricOf } from '../support/metrics.js';
import { defined, runsOf, shell } from '../support/programs.js';
import { crash, next } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

const upper = { exec: '/usr/bin/tr', argv: ['[a-z]', '[A-Z]'] };
const publish = (server: TestServer, stream: string, body: unknown, headers: Record<string, string> = {}) =>
  server.send({ method: 'POST', path: `/api/stream/${stream}/`, body, headers });

describe.each(databases)('on %s', (database) => {
  let server: TestServer;
  let settings: Record<string, string>;

  beforeAll(async () => {
    settings = await newDatabase(database);
    server = await startServer(settings);
    for (const role of ['viewer', 'runner', 'author']) await server.user(`${role}:pw`, role);
  });

  afterAll(async () => {
    await server.stop();
  });

  test('a binding is created, read, listed, changed and removed', async () => {
    const { path, input, output, definition } = await bound(server, upper, { concurrency: 2 });
    const read = await server.send({ path });
    expect(read.json).toEqual({
      id: expect.any(Number),
      resource_uri: path,
      definition,
      input: { bus: 'memory', stream: input },
      output: { bus: 'memory', stream: output },
      concurrency: 2,
      max_tries: 3,
      enabled: true,
      state: { status: 'listening', in_flight: 0, handled: 0, failed: 0, error: null },
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      owner: 'admin',
    });
    const list = (await server.send({ path: '/api/binding/?limit=1' })).json;
    expect([list.meta.limit, list.meta.offset, list.objects.length]).toEqual([1, 0, 1]);
    const body = { enabled: false, max_tries: 5, output: null };
    const changed = await server.send({ method: 'PATCH', path, body });
    expect([changed.status, changed.json]).toMatchObject([200, { ...body, concurrency: 2, state: { status: 'disabled' } }]);
    expect((await server.send({ method: 'PATCH', path, body: {} })).json).toEqual(changed.json);
    expect((await server.send({ method: 'DELETE', path })).status).toBe(204);
    expect((await server.send({ path })).status).toBe(404);
  });

  test('a message runs through two bindings, one after the other, and can be followed', async () => {
    const first = await bound(server, upper);
    const definition = await defined(server, shell('rev'));
    const last = newStream('last');
    const body = { definition, input: { stream: first.output }, output: { stream: last } };
    const second = await server.send({ method: 'POST', path: '/api/binding/', body });
    expect(second.status).toBe(201);
    const followed = await follow(server, last);
    const { status, json } = await publish(server, first.input, 'one\ntwo', { 'message-id': 'm1' });
    expect([status, json]).toEqual([202, { stream: `/api/stream/${first.input}/`, bus: 'memory', message_id: 'm1', bytes: 7 }]);
    await expect.poll(followed.text).toBe(`event: message\nid: m1.b${first.id}.b${second.json.id}\ndata: ENO\ndata: OWT\n\n`);
    await publish(server, last, Buffer.from([255, 0]));
    await expect.poll(followed.text).toMatch(/event: message-base64\ndata: \/wA=\n\n$/);
    followed.leave();
    await publish(server, first.input, 'one\ntwo', { 'message-id': 'm1' });
    await publish(server, first.input, 'x', { 'message-id': 'm2' });
    await expect.poll(async () => (await runsOf(server, first.definition)).length).toBe(2);
  });

  test.each([
    ['UTF-8', Buffer.from('ü文').toString('latin1'), 'ü文'],
    ['ISO 8859-1', 'caf\xe9', 'café'],
  ])('a message id beyond ASCII, as %s, stays what it is', async (_what, header, id) => {
    const { input, output, id: binding } = await bound(server, upper);
    const followed = await follow(server, output);
    expect((await publish(server, input, 'x', { 'message-id': header })).json.message_id).toBe(id);
    await expect.poll(followed.ids).toEqual([`${id}.b${binding}`]);
    followed.leave();
  });

  test('a disabled binding runs nothing; its queue keeps collecting', async () => {
    const { path, input, definition } = await bound(server, upper);
    await server.send({ method: 'PATCH', path, body: { enabled: false } });
    expect((await publish(server, input, 'later')).status).toBe(202);
    expect(await runsOf(server, definition)).toEqual([]);
    await server.send({ method: 'PATCH', path, body: { enabled: true } });
    await expect.poll(async () => (await stateOf(server, { path })).handled).toBe(1);
  });

  test('deleting a definition disables its bindings, which say so', async () => {
    const { path, definition } = await bound(server, upper);
    expect((await server.send({ method: 'DELETE', path: definition })).status).toBe(204);
    const { json } = await server.send({ path });
    expect([json.enabled, json.state.status, json.state.error]).toEqual([false, 'disabled', 'its definition was deleted']);
    expect((await server.send({ method: 'PATCH', path, body: { enabled: true } })).status).toBe(404);
  });

  test('an enabled binding is there again after kill -9, with its counts', async () => {
    const { path, input, definition } = await bound(server, upper);
    await publish(server, input, 'x');
    await expect.poll(async () => (await stateOf(server, { path })).handled).toBe(1);
    await crash(server);
    server = await next(server, settings);
    expect(await stateOf(server, { path })).toMatchObject({ status: 'listening', handled: 1 });
    await publish(server, input, 'y');
    await expect.poll(async () => (await runsOf(server, definition)).length).toBe(2);
  });

  test('a binding is not seen by other users, but by the admin', async () => {
    const definition = await defined(server, upper, 'author:pw');
    const body = { definition, input: { stream: newStream('in') } };
    const made = await server.send({ method: 'POST', path: '/api/binding/', body, login: 'author:pw' });
    expect([made.status, made.json.owner]).toEqual([201, 'author']);
    const path = made.json.resource_uri;
    await server.user('stranger:pw', 'author').catch(() => {});
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const answer = await server.send({ method, path, login: 'stranger:pw', body: method === 'PATCH' ? {} : undefined });
      expect([method, answer.status]).toEqual([method, 404]);
    }
    expect((await server.send({ path: '/api/binding/', login: 'stranger:pw' })).json.meta.total_count).toBe(0);
    expect((await server.send({ path })).status).toBe(200);
    const foreign = { definition, input: { stream: 'x' } };
    expect((await server.send({ method: 'POST', path: '/api/binding/', body: foreign, login: 'stranger:pw' })).status).toBe(404);
  });

  test.each(['viewer', 'runner'])('a %s neither binds, publishes nor follows', async (role) => {
    const login = `${role}:pw`;
    const body = { definition: 1, input: { stream: 'x' } };
    expect((await server.send({ method: 'POST', path: '/api/binding/', body, login })).status).toBe(403);
    expect((await server.send({ method: 'POST', path: '/api/stream/x/', body: 'x', login })).status).toBe(403);
    expect((await server.send({ path: '/api/stream/x/', login })).status).toBe(403);
    expect((await server.send({ path: '/api/binding/', login })).json.objects).toEqual([]);
  });

  test('a binding acts with its owner’s present rights: while the owner is disabled it holds its messages, and says why', async () => {
    await server.user('leaver:pw', 'author');
    const definition = await defined(server, upper, 'leaver:pw');
    const input = newStream('in');
    const body = { definition, input: { stream: input } };
    const { json } = await server.send({ method: 'POST', path: '/api/binding/', body, login: 'leaver:pw' });
    const { id } = (await server.send({ path: '/api/user/' })).json.objects.find(
      (user: { username: string }) => user.username === 'leaver',
    );
    await server.send({ method: 'PATCH', path: `/api/user/${id}/`, body: { disabled: true } });
    await publish(server, input, 'x');
    await expect
      .poll(() => stateOf(server, { path: json.resource_uri }))
      .toMatchObject({ in_flight: 1, error: expect.stringContaining('leaver is disabled') });
    await server.send({ method: 'PATCH', path: `/api/user/${id}/`, body: { disabled: false } });
    await expect
      .poll(() => stateOf(server, { path: json.resource_uri }), { timeout: 10_000 })
      .toMatchObject({ in_flight: 0, handled: 1, error: null });
  });

  const input = { stream: 'in' };
  test.each<[string, object, string]>([
    ['no definition', { input }, 'definition must be'],
    ['no input', { definition: 'upper' }, 'input must be'],
    ['a name that no stream has', { definition: 'upper', input: { stream: 'a/b' } }, 'input must be'],
    ['another bus', { definition: 'upper', input: { bus: 'nats', stream: 'x' } }, 'input must be'],
    ['more in an end than there is', { definition: 'upper', input: { stream: 'x', queue: 'y' } }, 'input must be'],
    ['a bus that is not set up', { definition: 'upper', input: { bus: 'amqp', stream: 'x' } }, 'AMQP_URL'],
    ['a loop', { definition: 'upper', input, output: input }, 'each output would come back'],
    ['no concurrency', { definition: 'upper', input, concurrency: 0 }, 'concurrency'],
    ['no tries', { definition: 'upper', input, max_tries: 0 }, 'max_tries'],
    ['a key that is none', { definition: 'upper', input, foo: 1 }, 'foo'],
  ])('%s is refused', async (_what, body, sentence) => {
    await server.send({ method: 'PUT', path: '/api/process_definition/upper/', body: { definition: upper } });
    const { status, json } = await server.send({ method: 'POST', path: '/api/binding/', body });
    expect([status, json.code]).toEqual([400, 'invalid_request']);
    expect(json.detail).toContain(sentence);
  });

  test('messages and their headers are bounded; names and buses are checked', async () => {
    const tooLarge = await publish(server, 'x', Buffer.alloc(16 * 2 ** 20 + 1));
    expect([tooLarge.status, tooLarge.json.code]).toEqual([413, 'message_too_large']);
    expect((await publish(server, 'x', 'x', { 'message-id': 'm'.repeat(256) })).status).toBe(400);
    expect((await publish(server, `${'x'.repeat(101)}`, 'x')).status).toBe(400);
    expect((await publish(server, 'x/?bus=nats', 'x').catch(() => ({ status: 0 }))).status).toBeGreaterThanOrEqual(400);
    expect((await server.send({ path: '/api/stream/x/?bus=amqp' })).json.detail).toContain('AMQP_URL');
  });

  test('a queue that is full answers 503 with Retry-After', async () => {
    const { path, input } = await bound(server, upper);
    await server.send({ method: 'PATCH', path, body: { enabled: false } });
    const body = Buffer.alloc(16 * 2 ** 20);
    for (let count = 0; count < 4; count++) expect((await publish(server, input, body)).status).toBe(202);
    const full = await publish(server, input, 'x');
    expect([full.status, full.json.code, full.headers['retry-after']]).toEqual([503, 'queue_full', '5']);
    expect((await server.send({ method: 'DELETE', path })).status).toBe(204);
    expect((await publish(server, input, 'x')).status).toBe(202);
  });
});

test('an invalid address of a broker stops the boot, without being shown', async () => {
  const message = await startServer({ AMQP_URL: 'http://user:hidden@host' }).then(String, String);
  expect(message).toContain('AMQP_URL must be an address such as amqp://user:password@host:5672/vhost');
  expect(message).not.toContain('hidden');
});

test('the address of the broker may lie in a file; /metrics tells of both buses', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-amqp-url-'));
  writeFileSync(join(folder, 'url'), 'amqp://127.0.0.1:9\n');
  const server = await startServer({ AMQP_URL_FILE: join(folder, 'url') });
  expect((await server.send({ path: '/health', login: '' })).json.buses).toEqual({ memory: 'connected', amqp: 'connecting' });
  const { text } = await server.send({ path: '/metrics' });
  expect([metricOf(text, 'procreg_bus_up', { bus: 'memory' }), metricOf(text, 'procreg_bus_up', { bus: 'amqp' })]).toEqual(['1', '0']);
  expect(metricOf(text, 'procreg_binding_messages_in_flight')).toBe('0');
  await server.stop();
  rmSync(folder, { recursive: true });
});
