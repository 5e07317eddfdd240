// A binding that is changed while it has messages in hand: what becomes of them, and when the change takes effect.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bound, newStream, stateOf } from '../support/bindings.js';
import { follow } from '../support/followed-stream.js';
import { defined, runsOf, shell, shellWith } from '../support/programs.js';
import { next } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

const upper = { exec: '/usr/bin/tr', argv: ['[a-z]', '[A-Z]'] };
const folder = mkdtempSync(join(tmpdir(), 'procreg-binding-changes-'));
chmodSync(folder, 0o777);
let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const publish = (stream: string, body: string, headers: Record<string, string> = {}, by = server) =>
  by.send({ method: 'POST', path: `/api/stream/${stream}/`, body, headers });

async function patch(path: string, body: object, by = server): Promise<void> {
  const { status, text } = await by.send({ method: 'PATCH', path, body });
  expect(status, text).toBe(200);
}

test('a message that is tried again when its definition is deleted goes through the one that the binding gets then', async () => {
  const { path, input, output, definition } = await bound(server, shell('exit 1'), { max_tries: 100 });
  const out = await follow(server, output);
  await publish(input, 'in the end');
  await expect.poll(async () => (await runsOf(server, definition)).length).toBeGreaterThan(1);
  expect((await server.send({ method: 'DELETE', path: definition })).status).toBe(204);
  await expect.poll(() => stateOf(server, { path })).toMatchObject({ status: 'disabled', in_flight: 0 });
  await patch(path, { definition: await defined(server, upper), enabled: true });
  await expect.poll(out.bodies).toEqual(['IN THE END']);
  await expect.poll(() => stateOf(server, { path })).toMatchObject({ handled: 1, in_flight: 0 });
  out.leave();
});

test('after a change no more messages are in hand than concurrency says', async () => {
  const journal = join(folder, 'journal');
  writeFileSync(journal, '');
  chmodSync(journal, 0o666);
  const gate = join(folder, 'first-gate');
  const wait = shellWith('read -r id; echo "begin $id" >>"$1"; while [ ! -e "$2" ]; do sleep 0.05; done; echo "end $id" >>"$1"', [
    journal,
    gate,
  ]);
  const { path, input, definition } = await bound(server, wait);
  for (const body of ['1\n', '2\n']) await publish(input, body);
  await expect.poll(() => readFileSync(journal, 'utf8')).toBe('begin 1\n');
  await patch(path, { max_tries: 5 });
  expect(await stateOf(server, { path })).toMatchObject({
    status: 'connecting',
    in_flight: 1,
    error: expect.stringContaining('before the change'),
  });
  expect(await runsOf(server, definition)).toHaveLength(1);
  writeFileSync(gate, '');
  await expect.poll(() => readFileSync(journal, 'utf8')).toBe('begin 1\nend 1\nbegin 2\nend 2\n');
  await expect.poll(() => stateOf(server, { path })).toMatchObject({ status: 'listening', handled: 2, error: null });
});

test('of several changes while a message is in hand the last one takes effect', async () => {
  const gate = join(folder, 'last-gate');
  const { path, input, output } = await bound(server, shellWith('while [ ! -e "$1" ]; do sleep 0.05; done; cat', [gate]));
  const [old, wanted] = [newStream('old'), newStream('wanted')];
  const outs = [await follow(server, output), await follow(server, old), await follow(server, wanted)];
  await publish(input, 'as it was');
  await expect.poll(async () => (await stateOf(server, { path })).in_flight).toBe(1);
  await patch(path, { output: { stream: old } });
  await patch(path, { output: { stream: wanted } });
  await publish(input, 'as it is');
  writeFileSync(gate, '');
  await expect.poll(() => outs.map(({ bodies }) => bodies())).toEqual([['as it was'], [], ['as it is']]);
  for (const { leave } of outs) leave();
});

test.each([
  ['changed', { max_tries: 7 }],
  ['disabled', { enabled: false }],
])(
  'a binding that is %s with a message in hand publishes nothing more until that is done, and then each message of its service once',
  async (name, change) => {
    const gate = join(folder, `${name}-gate`);
    const script = 'n=0; while sleep 0.05; do n=$((n + 1)); echo $n; done & while [ ! -e "$1" ]; do sleep 0.05; done; cat >/dev/null';
    const { path, input, output, definition } = await bound(server, shellWith(script, [gate], { process_type: 'service' }));
    const out = await follow(server, output);
    // it is too large for a pipe: it is in hand until it is read
    await publish(input, 'x'.repeat(300_000));
    await expect.poll(() => out.bodies().length).toBeGreaterThan(2);
    expect((await stateOf(server, { path })).in_flight).toBe(1);
    await patch(path, change);
    const heard = out.bodies().length;
    const [{ resource_uri }] = await runsOf(server, definition);
    const said = async () => (await server.send({ path: `${resource_uri}log/` })).text.length;
    const before = await said();
    await expect.poll(said).toBeGreaterThan(before + 20);
    expect(out.bodies().length - heard).toBeLessThanOrEqual(1);
    writeFileSync(gate, '');
    await patch(path, { enabled: true });
    await expect.poll(() => out.bodies().length).toBeGreaterThan(heard + 5);
    const numbers = out.bodies().map(Number);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    out.leave();
  },
);

test('a binding that was created disabled collects messages, also over a restart of the server', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'procreg-idle-'));
  const own = await startServer({}, { dataDir });
  const { path, input, definition } = await bound(own, upper, { enabled: false });
  await publish(input, 'before', {}, own);
  await patch(path, { enabled: true }, own);
  await expect.poll(async () => (await stateOf(own, { path })).handled).toBe(1);
  await patch(path, { enabled: false }, own);
  await own.stop({ keep: true });
  const again = await next(own, {});
  await publish(input, 'after', {}, again);
  await patch(path, { enabled: true }, again);
  await expect.poll(async () => (await stateOf(again, { path })).handled).toBe(2);
  expect(await runsOf(again, definition)).toHaveLength(2);
  await again.stop();
});

test('streams that branch and meet again lose nothing: each binding gives its outputs their own ids', async () => {
  const [begin, middle, end] = [newStream('begin'), newStream('middle'), newStream('end')];
  const echo = await defined(server, { exec: '/bin/cat' });
  const bind = async (from: string, to: string) => {
    const body = { definition: echo, input: { stream: from }, output: { stream: to } };
    return (await server.send({ method: 'POST', path: '/api/binding/', body })).json.id;
  };
  const [one, other, last] = [await bind(begin, middle), await bind(begin, middle), await bind(middle, end)];
  const out = await follow(server, end);
  await publish(begin, 'x', { 'message-id': '7' });
  await expect.poll(out.bodies).toEqual(['x', 'x']);
  expect(out.ids().sort()).toEqual([`7.b${one}.b${last}`, `7.b${other}.b${last}`].sort());
  out.leave();
});

test('an id that is too long to append the binding is replaced by its digest, and the message is handled', async () => {
  const { id, input, output } = await bound(server, upper);
  const out = await follow(server, output);
  await publish(input, 'x', { 'message-id': 'i'.repeat(255) });
  await expect.poll(out.bodies).toEqual(['X']);
  expect(out.ids()[0]).toMatch(new RegExp(`^[0-9a-f]{64}\\.b${id}$`));
  out.leave();
});
