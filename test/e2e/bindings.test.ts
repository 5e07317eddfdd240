// Definitions bound to streams of RabbitMQ: a process per message, acknowledged when its output is confirmed.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bound, newStream, startOnRabbitMq, stateOf, stopOnRabbitMq } from '../support/bindings.js';
import { BrokerClient } from '../support/broker-client.js';
import { kill9 } from '../support/processes.js';
import { runsOf, shell, shellWith } from '../support/programs.js';
import { RabbitMq } from '../support/rabbitmq.js';
import { crash, killLauncherAndStarters, next } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

const upper = { exec: '/usr/bin/tr', argv: ['[a-z]', '[A-Z]'] };
const folder = mkdtempSync(join(tmpdir(), 'procreg-bindings-'));
// the run user looks into it
chmodSync(folder, 0o755);
let rabbit: RabbitMq;
let server: TestServer;
let broker: BrokerClient;

beforeAll(async () => {
  ({ rabbit, broker, server } = await startOnRabbitMq());
});

afterAll(async () => {
  await stopOnRabbitMq({ rabbit, broker, server });
  rmSync(folder, { recursive: true, force: true });
});

test('test through tr is exactly TEST, and each message has its own process', async () => {
  const { input, output, definition, path } = await bound(server, upper);
  const out = await broker.collect(output);
  for (const body of ['test', 'two\n', 'drei']) await broker.publish(input, body);
  await expect.poll(out.texts).toEqual(['TEST', 'TWO\n', 'DREI']);
  const runs = await runsOf(server, definition);
  expect(runs).toHaveLength(3);
  await expect.poll(() => stateOf(server, { path })).toEqual({ status: 'listening', in_flight: 0, handled: 3, failed: 0, error: null });
});

test('an output carries the message id, the correlation id, reply-to, its own type and its run', async () => {
  const { input, output, definition, id: binding } = await bound(server, upper);
  const out = await broker.collect(output);
  await broker.publish(input, 'x', { messageId: 'm-1', correlationId: 'c-1', replyTo: 'somebody', contentType: 'text/plain' });
  await expect.poll(() => out.messages.length).toBe(1);
  const [{ id, trigger }] = await runsOf(server, definition);
  expect(out.messages[0].properties).toMatchObject({
    messageId: `m-1.b${binding}`,
    correlationId: 'c-1',
    replyTo: 'somebody',
    contentType: 'text/plain; charset=utf-8',
    deliveryMode: 2,
    headers: { 'x-run': id },
  });
  expect(trigger).toEqual({ type: 'binding', binding, message_id: 'm-1', redelivered: false });
  await broker.publish(input, 'x', { messageId: 'm-2' });
  await expect.poll(() => out.messages[1]?.properties).toMatchObject({ messageId: `m-2.b${binding}`, correlationId: 'm-2' });
});

test('without an output stream the output goes to the reply-to queue, but never into a queue of the server', async () => {
  const { input, definition } = await bound(server, upper, { output: null });
  const { queue } = await broker.channel.assertQueue('', { exclusive: true });
  const replies = await broker.take(queue);
  const ours = await broker.take(`streams.${newStream('victim')}.dead`);
  const victim = (await broker.channel.assertQueue('streams.victim', { durable: true })).queue;
  await broker.publish(input, 'to nobody');
  await broker.publish(input, 'to ours', { replyTo: victim });
  await broker.publish(input, 'ping', { replyTo: queue, correlationId: '7' });
  await expect.poll(replies.texts).toEqual(['PING']);
  expect(replies.messages[0].properties.correlationId).toBe('7');
  expect([await broker.waiting(victim), ours.messages.length]).toEqual([0, 0]);
  expect(await runsOf(server, definition)).toHaveLength(3);
});

test('an empty output is an empty message; a definition without an output publishes nothing', async () => {
  const silent = await bound(server, shell('cat >/dev/null'));
  const none = await bound(server, { ...upper, output_adapter: { output_type: 'none' } });
  const outs = [await broker.collect(silent.output), await broker.collect(none.output)];
  await broker.publish(silent.input, 'x');
  await broker.publish(none.input, 'x');
  await expect.poll(async () => (await stateOf(server, none)).handled).toBe(1);
  await expect.poll(outs[0].texts).toEqual(['']);
  expect(outs[1].texts()).toEqual([]);
});

test('a large binary message comes out as it went in', async () => {
  const { input, output } = await bound(server, { exec: '/bin/cat' });
  const out = await broker.collect(output);
  const body = Buffer.alloc(3_000_000, 'ab\0\xff', 'latin1');
  const { status } = await server.send({ method: 'POST', path: `/api/stream/${input}/`, body });
  expect(status).toBe(202);
  await expect.poll(() => out.messages[0]?.content.equals(body), { timeout: 10_000 }).toBe(true);
});

test('a definition that takes no message takes its parameters as JSON', async () => {
  const parameters = { type: 'object', properties: { who: { type: 'string' } }, required: ['who'] };
  const greeting = { exec: '/bin/echo', argv: ['hello', '${who}'], parameters };
  const { input, output } = await bound(server, greeting);
  const [out, dead] = [await broker.collect(output), await broker.take(`streams.${input}.dead`)];
  await broker.publish(input, '{"who": "you"}');
  await expect.poll(out.texts).toEqual(['hello you\n']);
  await broker.publish(input, '{}');
  await expect.poll(dead.texts).toEqual(['{}']);
  expect(dead.messages[0].properties.headers).toMatchObject({ 'x-tries': 0, 'x-reason': expect.stringContaining("'who'") });
});

test('a message that fails max_tries times becomes a dead letter with its reason, and publishes nothing', async () => {
  const { input, output, definition, path, id } = await bound(server, shell('echo half; exit 3'), { max_tries: 2 });
  const [out, dead] = [await broker.collect(output), await broker.take(`streams.${input}.dead`)];
  await broker.publish(input, 'bad', { messageId: 'm', correlationId: 'c', headers: { 'x-own': 'kept' } });
  await expect.poll(dead.texts).toEqual(['bad']);
  const runs = await runsOf(server, definition);
  expect(runs.map(({ exit_code }: { exit_code: number }) => exit_code)).toEqual([3, 3]);
  const { headers, messageId, correlationId, deliveryMode } = dead.messages[0].properties;
  expect([messageId, correlationId, deliveryMode]).toEqual(['m', 'c', 2]);
  expect(headers).toMatchObject({ 'x-own': 'kept', 'x-tries': 2, 'x-binding': id, 'x-run': runs[0].id });
  expect(headers?.['x-reason']).toContain('3');
  expect(out.texts()).toEqual([]);
  await expect.poll(() => stateOf(server, { path })).toMatchObject({ failed: 1, handled: 0, in_flight: 0 });
});

test('a try that fails is followed by one that may succeed', async () => {
  const flag = join(folder, 'second');
  const { input, output, definition } = await bound(server, shell(`[ -e ${flag} ] && exec cat; exit 1`), { max_tries: 100 });
  const out = await broker.collect(output);
  await broker.publish(input, 'in the end');
  await expect.poll(async () => (await runsOf(server, definition)).length).toBeGreaterThan(1);
  writeFileSync(flag, '');
  await expect.poll(out.texts, { timeout: 10_000 }).toEqual(['in the end']);
});

test('a run that is lost is tried again', async () => {
  const own = await startServer({ AMQP_URL: rabbit.url, ISOLATION: 'process' });
  const flag = join(folder, 'lost-once');
  const { input, output, definition } = await bound(own, shell(`[ -e ${flag} ] && exec cat; sleep 60`));
  const out = await broker.collect(output);
  await broker.publish(input, 'found', { messageId: 'l' });
  await expect.poll(async () => (await runsOf(own, definition))[0]?.state).toBe('running');
  writeFileSync(flag, '');
  const { pid } = (await runsOf(own, definition))[0];
  killLauncherAndStarters(own);
  kill9(pid);
  await expect.poll(out.texts, { timeout: 20_000 }).toEqual(['found']);
  const reasons = (await runsOf(own, definition)).map(({ end_reason }: { end_reason: string }) => end_reason);
  expect(reasons).toEqual(['exit', 'lost']);
  await own.stop();
});

test('at most as many messages as concurrency says are handled at once; the others wait in the broker', async () => {
  const gate = join(folder, 'gate');
  const wait = shellWith('while [ ! -e "$1" ]; do sleep 0.05; done; cat', [gate]);
  const { input, output, path, id } = await bound(server, wait, { concurrency: 3 });
  const out = await broker.collect(output);
  const sent = ['1', '2', '3', '4', '5'];
  for (const body of sent) await broker.publish(input, body);
  await expect.poll(async () => (await stateOf(server, { path })).in_flight).toBe(3);
  expect(await broker.waiting(`streams.${input}.binding-${id}`)).toBe(2);
  writeFileSync(gate, '');
  await expect.poll(() => out.texts().sort()).toEqual(sent);
});

test('a message that is delivered again has the same run if it has an id; else a new one, marked', async () => {
  const own = await startServer({ AMQP_URL: rabbit.url });
  const gate = join(folder, 'gate-again');
  const wait = shellWith('while [ ! -e "$1" ]; do sleep 0.05; done; cat', [gate]);
  const [named, nameless] = [await bound(own, wait), await bound(own, wait)];
  const outs = [await broker.collect(named.output), await broker.collect(nameless.output)];
  await broker.publish(named.input, 'named', { messageId: 'once' });
  await broker.publish(nameless.input, 'nameless');
  for (const { path } of [named, nameless]) await expect.poll(async () => (await stateOf(own, { path })).in_flight).toBe(1);
  await expect.poll(async () => (await runsOf(own, nameless.definition))[0]?.state).toBe('running');
  await crash(own);
  const again = await next(own, { AMQP_URL: rabbit.url });
  await expect.poll(async () => (await runsOf(again, nameless.definition)).length).toBe(2);
  writeFileSync(gate, '');
  await expect.poll(outs[0].texts, { timeout: 10_000 }).toEqual(['named']);
  await expect.poll(outs[1].texts, { timeout: 10_000 }).toEqual(['nameless']);
  const marks = (await runsOf(again, nameless.definition)).map(({ trigger }: { trigger: { redelivered: boolean } }) => trigger.redelivered);
  expect(marks).toEqual([true, false]);
  const [run, ...others] = await runsOf(again, named.definition);
  expect([run.trigger.message_id, run.success, others]).toEqual(['once', true, []]);
  await broker.publish(named.input, 'the same once more', { messageId: 'once' });
  await broker.publish(named.input, 'another', { messageId: 'twice' });
  await expect.poll(outs[0].texts).toEqual(['named', 'another']);
  expect(await runsOf(again, named.definition)).toHaveLength(2);
  await again.stop();
});

test('a queue that was removed at the broker is created again', async () => {
  const { input, output, id } = await bound(server, upper);
  const out = await broker.collect(output);
  await broker.channel.deleteQueue(`streams.${input}.binding-${id}`);
  await expect
    .poll(
      async () => {
        await broker.publish(input, 'again');
        return out.texts().length;
      },
      { timeout: 10_000, interval: 200 },
    )
    .toBeGreaterThan(0);
});

test('a server that stops finishes the messages that it has in hand', async () => {
  const own = await startServer({ AMQP_URL: rabbit.url });
  const { input, output, definition } = await bound(own, shell('sleep 0.7; cat'));
  const out = await broker.collect(output);
  await broker.publish(input, 'in hand');
  await expect.poll(async () => (await runsOf(own, definition))[0]?.state).toBe('running');
  expect(await own.stop()).toBe(0);
  expect(out.texts()).toEqual(['in hand']);
});

test('a broker that is absent at boot is shown as the state of the bus; the binding works within 5 s of its start', async () => {
  const late = await RabbitMq.prepare();
  const own = await startServer({ AMQP_URL: late.url });
  const health = await own.send({ path: '/health', login: '' });
  expect([health.status, health.json.buses]).toEqual([200, { memory: 'connected', amqp: 'connecting' }]);
  const { path, input, output } = await bound(own, upper);
  expect(await stateOf(own, { path })).toMatchObject({ status: 'connecting', error: 'RabbitMQ is not available: ECONNREFUSED' });
  const refused = await own.send({ method: 'POST', path: `/api/stream/${input}/`, body: 'x' });
  expect([refused.status, refused.json.code, refused.headers['retry-after']]).toEqual([503, 'bus_unavailable', '5']);
  expect((await own.send({ method: 'DELETE', path })).status).toBe(503);
  const idle = await bound(own, upper, { enabled: false });
  expect(await stateOf(own, idle)).toMatchObject({ status: 'disabled', error: expect.stringContaining('ECONNREFUSED') });
  await late.start();
  await expect.poll(async () => (await stateOf(own, { path })).status, { timeout: 5000 }).toBe('listening');
  const client = await BrokerClient.connect(late.url);
  await expect.poll(async () => (await stateOf(own, idle)).error, { timeout: 10_000 }).toBe(null);
  await client.publish(idle.input, 'collected');
  expect(await client.waiting(`streams.${idle.input}.binding-${idle.id}`)).toBe(1);
  const out = await client.collect(output);
  await client.publish(input, 'here');
  await expect.poll(out.texts).toEqual(['HERE']);
  await client.close();
  expect((await own.send({ method: 'DELETE', path })).status).toBe(204);
  await own.stop();
  await late.stop();
});
