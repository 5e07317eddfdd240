// The output of a bound service: who gets it, from when on, and what is said when some of it is lost.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUser } from '../support/accounts.js';
import { bound, newStream, stateOf } from '../support/bindings.js';
import { follow } from '../support/followed-stream.js';
import { defined, runsOf, shell } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';
import { messagesOf } from '../support/services.js';

const echo = shell('while read -r line; do echo "said $line"; done', { process_type: 'service' });
let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server?.stop();
});

const publish = (stream: string, body: string) => server.send({ method: 'POST', path: `/api/stream/${stream}/`, body });

async function bind(definition: string, login = adminLogin) {
  const [input, output] = [newStream('in'), newStream('out')];
  const body = { definition, input: { stream: input }, output: { stream: output } };
  const { status, json, text } = await server.send({ method: 'POST', path: '/api/binding/', body, login });
  expect(status, text).toBe(201);
  return { input, output, path: json.resource_uri };
}

const handled = (path: string) => expect.poll(async () => (await stateOf(server, { path })).handled);

test('a binding publishes nothing that came out of the service before the binding was created', async () => {
  const first = await bound(server, echo);
  const out = await follow(server, first.output);
  await publish(first.input, 'before');
  await expect.poll(out.bodies).toEqual(['said before\n']);
  const later = newStream('later');
  const laterOut = await follow(server, later);
  const body = { definition: first.definition, input: { stream: newStream('in') }, output: { stream: later } };
  expect((await server.send({ method: 'POST', path: '/api/binding/', body })).status).toBe(201);
  await publish(first.input, 'after');
  await expect.poll(laterOut.bodies).toEqual(['said after\n']);
  for (const { leave } of [out, laterOut]) leave();
});

test('a binding that is changed to another service publishes nothing that came out of it before', async () => {
  const first = await bound(server, echo);
  await publish(first.input, 'before');
  await handled(first.path).toBe(1);
  const [run] = await runsOf(server, first.definition);
  await expect.poll(async () => (await server.send({ path: `${run.resource_uri}log/` })).text).toContain('said before');
  const other = await bound(server, echo);
  const out = await follow(server, other.output);
  expect((await server.send({ method: 'PATCH', path: other.path, body: { definition: first.definition } })).status).toBe(200);
  await publish(first.input, 'after');
  await expect.poll(out.bodies).toEqual(['said after\n']);
  out.leave();
});

test('a binding of another user sends to a shared service, gets none of its output, and says so', async () => {
  const [owner, other] = [`${await newUser(server, 'author')}:pw`, `${await newUser(server, 'author')}:pw`];
  const definition = await defined(server, { ...echo, visibility: 'shared' }, owner);
  const [own, foreign] = [await bind(definition, owner), await bind(definition, other)];
  const outs = [await follow(server, own.output), await follow(server, foreign.output)];
  await publish(foreign.input, 'secret');
  await expect.poll(outs[0].bodies).toEqual(['said secret\n']);
  await expect
    .poll(() => stateOf(server, foreign))
    .toMatchObject({ handled: 1, failed: 0, error: expect.stringContaining('only a binding of the owner') });
  expect(outs[1].bodies()).toEqual([]);
  const admin = await bind(definition);
  const adminOut = await follow(server, admin.output);
  await publish(own.input, 'more');
  await expect.poll(adminOut.bodies).toEqual(['said more\n']);
  expect(outs[1].bodies()).toEqual([]);
  for (const { leave } of [...outs, adminOut]) leave();
});

test('output that is lost because the binding was disabled for too long is reported', { timeout: 60_000 }, async () => {
  const loud = shell(
    'while read -r n; do i=0; while [ $i -lt $n ]; do head -c 1000000 /dev/zero | tr "\\0" x; echo; i=$((i + 1)); done; done',
    {
      process_type: 'service',
    },
  );
  const { path, input, output, definition } = await bound(server, loud);
  const out = await follow(server, output);
  await publish(input, '1');
  await expect.poll(() => out.bodies().length).toBe(1);
  expect((await server.send({ method: 'PATCH', path, body: { enabled: false } })).status).toBe(200);
  const [{ resource_uri }] = await runsOf(server, definition);
  await server.send({ method: 'POST', path: `${resource_uri}message/`, body: '40' });
  expect(await messagesOf(server, resource_uri, { after: 40, count: 1 })).toMatchObject([{ id: 41 }]);
  expect((await server.send({ method: 'PATCH', path, body: { enabled: true } })).status).toBe(200);
  await expect
    .poll(async () => (await stateOf(server, { path })).error, { timeout: 20_000 })
    .toMatch(/^the messages 2 to \d+ of the service .* are lost: they were removed before they could be published$/);
  out.leave();
});

test('a message at which the service fails again and again becomes a dead letter; those behind it are taken', {
  timeout: 60_000,
}, async () => {
  // a message that is too large for a pipe is in hand until it is read
  const script = [
    'import os',
    'while head := os.read(0, 3):',
    '    if head == b"bad": os._exit(3)',
    '    os.write(1, head + os.read(0, 100))',
  ].join('\n');
  const restart = { mode: 'abnormal', backoff: 0.1 };
  const fragile = { exec: '/usr/bin/python3', argv: ['-uc', script], restart, process_type: 'service' };
  const { path, input, output } = await bound(server, fragile, { max_tries: 2 });
  const out = await follow(server, output);
  await publish(input, `bad${'x'.repeat(1_000_000)}`);
  await publish(input, 'good one');
  await expect.poll(() => stateOf(server, { path }), { timeout: 10_000 }).toMatchObject({ handled: 1, failed: 1, in_flight: 0 });
  await expect.poll(out.bodies).toEqual(['good one\n']);
  out.leave();
});
