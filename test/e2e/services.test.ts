// Services: one process takes many messages, and what comes out of it is kept and followed, message by message.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import { defined, runsOf, shell } from '../support/programs.js';
import { endOf } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { echoScript, messagesOf, say, service, startService, texts } from '../support/services.js';

describe.each(databases)('a service on %s', { timeout: 60_000 }, (databaseName) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(await newDatabase(databaseName));
  });
  afterAll(() => server.stop());

  const stop = (run: string, body: object = {}) => server.send({ method: 'POST', path: `${run}stop/`, body });
  const message = (run: string, body: string | Buffer, headers: Record<string, string> = {}) =>
    server.send({ method: 'POST', path: `${run}message/`, body, headers });

  test('is one process that takes one message after the other, line in, line out', async () => {
    const definition = await defined(server, service(echoScript));
    const answers = [];
    for (const text of ['one', 'two\n', 'three']) answers.push(await say(server, definition, text));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
    expect(answers[0].headers.location).toBe(answers[0].json.resource_uri);
    expect(answers[0].json).toMatchObject({ state: 'running', ready: true, attempt: 1 });
    const events = await messagesOf(server, answers[0].json.resource_uri, { count: 3 });
    const [pid] = events[0].data.split(' ');
    expect(events).toEqual(['one', 'two', 'three'].map((word, index) => ({ name: 'message', id: index + 1, data: `${pid} ${word}\n` })));
    await stop(answers[0].json.resource_uri);
  });

  test('is started by an empty body, which delivers nothing, and only once by several requests at a time', async () => {
    const definition = await defined(server, service(echoScript));
    const answers = await Promise.all(Array.from({ length: 10 }, () => say(server, definition)));
    expect(new Set(answers.map(({ status, json }) => `${status} ${json.id}`)).size).toBe(1);
    expect(answers[0].status).toBe(202);
    expect(await runsOf(server, definition)).toHaveLength(1);
    const { resource_uri } = answers[0].json;
    await message(resource_uri, 'first');
    expect(texts(await messagesOf(server, resource_uri, { count: 1 }))[0]).toMatch(/^\d+ first\n$/);
    await stop(resource_uri);
    expect(await endOf(server, resource_uri)).toMatchObject({ end_reason: 'stop', attempt: 1, output: null });
    const [again] = [await say(server, definition)];
    expect(again.json.id).not.toBe(answers[0].json.id);
    await stop(again.json.resource_uri);
  });

  test('takes messages by message/, whole and of any size, in their order', async () => {
    const { run } = await startService(server, service("awk '{ print length($0); fflush() }'"));
    const sizes = [0, 1, 32_768, 32_769, 300_000];
    for (const size of sizes) expect((await message(run, Buffer.alloc(size, 'x'))).status).toBe(202);
    expect(texts(await messagesOf(server, run, { count: sizes.length }))).toEqual(sizes.map((size) => `${size}\n`));
    await stop(run);
  });

  test('that has ended takes no message, nor does a single run', async () => {
    const { run } = await startService(server, service(echoScript));
    await stop(run);
    await endOf(server, run);
    expect(await message(run, 'x')).toMatchObject({ status: 409, json: { code: 'wrong_state' } });
    const definition = await defined(server, shell('sleep 60'));
    const single = (await say(server, definition, '', { prefer: 'respond-async' })).json.resource_uri;
    expect(await message(single, 'x')).toMatchObject({ status: 409, json: { code: 'wrong_state' } });
    expect((await server.send({ path: `${single}messages/` })).status).toBe(409);
    expect((await server.send({ path: single })).json).not.toHaveProperty('ready');
    await stop(single);
  });

  test('whose messages are not text, or have a carriage return, has them shown in base64, exactly', async () => {
    const { run } = await startService(
      server,
      service("read -r a; printf 'a\\r\\n'; printf '\\377\\n'; printf 'ü: x\\n'; printf ' lead\\n'; cat"),
    );
    await message(run, 'go');
    expect((await messagesOf(server, run, { count: 4 })).map(({ name, data }) => [name, data])).toEqual([
      ['message-base64', Buffer.from('a\r\n').toString('base64')],
      ['message-base64', Buffer.from([0xff, 0x0a]).toString('base64')],
      ['message', 'ü: x\n'],
      ['message', ' lead\n'],
    ]);
    await stop(run);
  });

  test('is followed from the first message on, or from the one after Last-Event-ID, until it ends', async () => {
    const { run } = await startService(server, service('for n in $(seq 20); do echo $n; done; read -r line; echo $line; exit 0'));
    const following = messagesOf(server, run);
    expect(texts(await messagesOf(server, run, { count: 20 }))).toEqual(Array.from({ length: 20 }, (_, index) => `${index + 1}\n`));
    expect((await messagesOf(server, run, { count: 1, after: 17 }))[0]).toEqual({ name: 'message', id: 18, data: '18\n' });
    await message(run, 'last');
    const all = await following;
    expect(all.map(({ name }) => name)).toEqual([...Array.from({ length: 21 }, () => 'message'), 'end']);
    expect(JSON.parse(all.at(-1)?.data as string)).toMatchObject({ state: 'finished', end_reason: 'exit', exit_code: 0 });
    expect(texts(await messagesOf(server, run, { after: 20 }))).toEqual(['last\n']);
    expect((await server.send({ path: `${run}messages/`, headers: { 'last-event-id': 'x' } })).status).toBe(400);
  });

  test('of a shared definition is one for all users; its run belongs to the owner', async () => {
    await server.user('guest:guest-secret', 'runner');
    const definition = await defined(server, service(echoScript, { visibility: 'shared' }));
    const own = await say(server, definition, 'mine');
    const asGuest = { login: 'guest:guest-secret' };
    const guests = await server.send({ method: 'POST', path: `${definition}execute/`, body: 'guest', ...asGuest });
    expect(guests).toMatchObject({ status: 202, json: { id: own.json.id, owner: 'admin' } });
    const run = own.json.resource_uri;
    for (const path of [run, `${run}messages/`, `${run}log/`]) expect((await server.send({ path, ...asGuest })).status).toBe(404);
    expect((await server.send({ method: 'POST', path: `${run}message/`, body: 'x', ...asGuest })).status).toBe(404);
    expect(texts(await messagesOf(server, run, { count: 2 })).map((text) => text.split(' ')[1])).toEqual(['mine\n', 'guest\n']);
    await stop(run);
  });

  test('ends when its definition is removed, and keeps running unchanged when that is edited', async () => {
    const { definition, run } = await startService(server, service(echoScript));
    await server.send({ method: 'PUT', path: definition, body: { definition: service('exit 3') } });
    expect((await say(server, definition, 'still')).json).toMatchObject({ revision: 1, resource_uri: run });
    expect((await server.send({ method: 'DELETE', path: definition })).status).toBe(204);
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'stop', error: 'its definition was removed' });
    expect(texts(await messagesOf(server, run))).toHaveLength(1);
  });

  test('is started by POST /api/run/ too: for a definition the same one, for a command a new one each time', async () => {
    const { definition, run } = await startService(server, service(echoScript));
    const same = await server.send({ method: 'POST', path: '/api/run/', body: { definition, message: 'hello' } });
    expect([same.status, same.json.resource_uri]).toEqual([200, run]);
    expect(texts(await messagesOf(server, run, { count: 1 }))[0]).toMatch(/ hello\n/);
    const command = { method: 'POST', path: '/api/run/', body: { ...service(echoScript), message: 'there' } };
    const [one, other] = [await server.send(command), await server.send(command)];
    expect([one.status, other.status, one.json.id === other.json.id]).toEqual([201, 201, false]);
    for (const { json } of [one, other]) expect(texts(await messagesOf(server, json.resource_uri, { count: 1 }))[0]).toMatch(/ there\n/);
    for (const path of [run, one.json.resource_uri, other.json.resource_uri]) await stop(path);
  });

  test('of a definition cannot be created to be started later, by any user', async () => {
    await server.user('taker:taker-secret', 'runner');
    const definition = await defined(server, service(echoScript, { visibility: 'shared' }));
    const body = { definition, start: false };
    for (const login of ['admin:secret', 'taker:taker-secret']) {
      const made = await server.send({ method: 'POST', path: '/api/run/', body, login });
      expect(made).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
    }
    expect(await runsOf(server, definition)).toEqual([]);
    const taken = await server.send({ method: 'POST', path: '/api/run/', body: { definition }, login: 'taker:taker-secret' });
    expect(taken).toMatchObject({ status: 201, json: { owner: 'admin' } });
    await stop(taken.json.resource_uri);
  });

  test('takes its parameters with its start, and refuses others while it runs', async () => {
    const parameters = { properties: { greeting: { type: 'string' } }, required: ['greeting'] };
    const argv = ['-c', 'while read -r line; do echo "$1 $line"; done', 'sh', '${greeting}'];
    const definition = await defined(server, { exec: '/bin/sh', argv, process_type: 'service', parameters });
    const greet = (greeting: string) => server.send({ method: 'POST', path: `${definition}execute/?greeting=${greeting}`, body: 'you' });
    const { json } = await greet('hello');
    expect((await greet('hello')).status).toBe(202);
    expect((await say(server, definition, 'all')).status).toBe(202);
    expect(await greet('bye')).toMatchObject({ status: 409, json: { code: 'wrong_state' } });
    expect(texts(await messagesOf(server, json.resource_uri, { count: 3 }))).toEqual(['hello you\n', 'hello you\n', 'hello all\n']);
    await stop(json.resource_uri);
  });

  test('answers at once when asked to, or within the time that the caller has', async () => {
    const definition = await defined(server, service(`sleep 1; echo up >&2; ${echoScript}`, { ready: { log: 'up' } }));
    const at = performance.now();
    const soon = await say(server, definition, 'soon', { prefer: 'respond-async' });
    expect(soon).toMatchObject({ status: 202, headers: { 'preference-applied': 'respond-async' }, json: { ready: false } });
    expect(performance.now() - at).toBeLessThan(900);
    expect((await say(server, definition, '', { prefer: 'wait=10' })).json).toMatchObject({ state: 'running', ready: true });
    expect(texts(await messagesOf(server, soon.json.resource_uri, { count: 1 }))[0]).toMatch(/ soon\n/);
    await stop(soon.json.resource_uri);
  });

  test('refuses stream=1, a timeout for a message, and selftest', async () => {
    const definition = await defined(server, service(echoScript));
    const ask = (query: string) => server.send({ method: 'POST', path: `${definition}execute/${query}`, body: 'x' });
    for (const answer of [await ask('?stream=1'), await ask('?timeout=5')])
      expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
    expect((await server.send({ method: 'POST', path: `${definition}selftest/` })).status).toBe(400);
    expect(await runsOf(server, definition)).toEqual([]);
  });

  test('gets a message once under its Idempotency-Key, and again when its delivery failed', async () => {
    const definition = await defined(server, service(echoScript));
    const key = { 'idempotency-key': `once-${databaseName}` };
    const [first, second] = [await say(server, definition, 'one', key), await say(server, definition, 'one', key)];
    expect([first.status, second.status, second.json.id]).toEqual([202, 202, first.json.id]);
    expect(await say(server, definition, 'other', key)).toMatchObject({ status: 422, json: { code: 'idempotency_mismatch' } });
    await say(server, definition, 'two');
    expect(texts(await messagesOf(server, first.json.resource_uri, { count: 2 })).map((text) => text.split(' ')[1])).toEqual([
      'one\n',
      'two\n',
    ]);
    await stop(first.json.resource_uri);
    await endOf(server, first.json.resource_uri);
    const dying = await defined(server, service('exit 1', { ready: { delay: 20 }, restart: { mode: 'never' } }));
    for (let time = 0; time < 2; time++)
      expect((await say(server, dying, 'x', { 'idempotency-key': `dies-${databaseName}` })).status).toBe(409);
  });

  test('cannot use adapters for a single message or output', async () => {
    const output_adapter = { output_type: 'file', output_parameters: { file_path: 'out.txt' } };
    const definition = await defined(server, service('cat > out.txt', { output_adapter }));
    expect(await say(server, definition, 'x')).toMatchObject({ status: 501, json: { code: 'adapter_unavailable' } });
  });
});
