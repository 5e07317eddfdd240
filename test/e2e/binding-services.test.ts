// A service bound to streams: one process takes every message, each frame that comes out is published.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bound, startOnRabbitMq, stateOf, stopOnRabbitMq } from '../support/bindings.js';
import { BrokerClient } from '../support/broker-client.js';
import { defined, runsOf, shell } from '../support/programs.js';
import { RabbitMq } from '../support/rabbitmq.js';
import { crash, next } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

const loop = (body: string, more: object = {}) => shell(`while read -r line; do ${body}; done`, { process_type: 'service', ...more });
const folder = mkdtempSync(join(tmpdir(), 'procreg-binding-services-'));
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

test('a loop with echo gives exactly test and a newline, three times, by one process', async () => {
  const echo = await bound(server, loop('echo "$line"'));
  const ids = await bound(server, loop('echo $$'));
  const outs = [await broker.collect(echo.output), await broker.collect(ids.output)];
  await expect.poll(async () => (await runsOf(server, echo.definition))[0]?.state).toBe('running');
  for (let count = 0; count < 3; count++) {
    await broker.publish(echo.input, 'test');
    await broker.publish(ids.input, 'test');
  }
  await expect.poll(outs[0].texts, { timeout: 9000 }).toEqual(['test\n', 'test\n', 'test\n']);
  await expect.poll(() => outs[1].messages.length).toBe(3);
  expect(new Set(outs[1].texts()).size).toBe(1);
  const runs = await runsOf(server, echo.definition);
  expect(runs).toHaveLength(1);
  expect(outs[0].messages.map(({ properties }) => properties.messageId)).toEqual([1, 2, 3].map((id) => `${runs[0].id}:${id}.b${echo.id}`));
  await expect.poll(() => stateOf(server, echo)).toMatchObject({ status: 'listening', handled: 3, failed: 0, in_flight: 0 });
});

test('what a service says by itself is published too', async () => {
  const { output } = await bound(server, loop(':', { argv: ['-c', 'while sleep 0.2; do date +%s%N; done'] }));
  const out = await broker.collect(output);
  await expect.poll(() => out.messages.length).toBeGreaterThan(2);
});

test('a message with an id goes to the service once', async () => {
  const { input, output, path } = await bound(server, loop('echo "$line"'));
  const out = await broker.collect(output);
  for (const body of ['one', 'one', 'two']) await broker.publish(input, body, { messageId: body });
  await expect.poll(async () => (await stateOf(server, { path })).handled).toBe(2);
  await expect.poll(out.texts).toEqual(['one\n', 'two\n']);
});

test('a service that ends is started again for the next message', async () => {
  const { input, output, definition } = await bound(server, loop('echo "$line"; exit 0', { restart: { mode: 'never' } }));
  const out = await broker.collect(output);
  await broker.publish(input, 'one');
  await expect.poll(out.texts).toEqual(['one\n']);
  await expect.poll(async () => (await runsOf(server, definition))[0].state).toBe('finished');
  for (const body of ['two', 'three']) {
    await broker.publish(input, body);
    await expect.poll(() => out.texts().at(-1), { timeout: 10_000 }).toBe(`${body}\n`);
    await expect.poll(async () => (await runsOf(server, definition))[0].state).toBe('finished');
  }
  expect(out.texts()).toEqual(['one\n', 'two\n', 'three\n']);
  expect(await runsOf(server, definition)).toHaveLength(3);
});

test('a binding that gets another definition publishes what comes out of that one', async () => {
  const { input, output, path } = await bound(server, loop('echo "$line"'));
  const out = await broker.collect(output);
  await broker.publish(input, 'one');
  await expect.poll(out.texts).toEqual(['one\n']);
  const definition = await defined(server, loop('echo "now $line"'));
  expect((await server.send({ method: 'PATCH', path, body: { definition } })).status).toBe(200);
  await broker.publish(input, 'two');
  await expect.poll(out.texts, { timeout: 10_000 }).toEqual(['one\n', 'now two\n']);
});

test('no output is lost over kill -9 of the server and of the broker', { timeout: 120_000 }, async () => {
  const own = await startServer({ AMQP_URL: rabbit.url });
  const gate = join(folder, 'gate');
  const { input, output, path, definition } = await bound(own, loop(`while [ ! -e ${gate} ]; do sleep 0.05; done; echo "$line"`));
  const kept = `streams.${output}.kept`;
  await broker.collect(output, kept);
  await broker.channel.deleteQueue(kept);
  await broker.channel.assertQueue(kept, { durable: true });
  await broker.channel.bindQueue(kept, `streams.${output}`, '');
  for (const body of ['1', '2', '3']) await broker.publish(input, body, { messageId: body });
  await expect.poll(async () => (await stateOf(own, { path })).handled).toBe(3);
  await crash(own);
  // it keeps running without a server, and nobody reads its output
  writeFileSync(gate, '');
  await rabbit.kill();
  const again = await next(own, { AMQP_URL: rabbit.url });
  await rabbit.start();
  broker = await BrokerClient.connect(rabbit.url);
  const out = await broker.take(kept);
  await expect.poll(out.texts, { timeout: 10_000 }).toEqual(['1\n', '2\n', '3\n']);
  await broker.publish(input, '4');
  await expect.poll(out.texts, { timeout: 10_000 }).toEqual(['1\n', '2\n', '3\n', '4\n']);
  expect(await runsOf(again, definition)).toHaveLength(1);
  await again.stop();
});

test('where messages go in and out by a port, the reply belongs to its message', async () => {
  const script = [
    'import socketserver, sys',
    'class Upper(socketserver.StreamRequestHandler):',
    '    def handle(self): self.wfile.write(self.rfile.read().upper())',
    'socketserver.ThreadingTCPServer(("127.0.0.1", int(sys.argv[1])), Upper).serve_forever()',
  ].join('\n');
  const port = { tcp_port: '${port}' };
  const service = {
    exec: '/usr/bin/python3',
    argv: ['-c', script, '${port}'],
    process_type: 'service',
    input_adapter: { input_type: 'port', input_parameters: port },
    output_adapter: { output_type: 'port', output_parameters: port },
  };
  const { input, output } = await bound(server, service, { concurrency: 3 });
  const out = await broker.collect(output);
  for (const body of ['a', 'b', 'c']) await broker.publish(input, body, { messageId: body, correlationId: `c-${body}` });
  await expect.poll(() => out.texts().sort(), { timeout: 10_000 }).toEqual(['A\n', 'B\n', 'C\n']);
  for (const { content, properties } of out.messages) expect(properties.correlationId).toBe(`c-${content.toString().trim().toLowerCase()}`);
});
