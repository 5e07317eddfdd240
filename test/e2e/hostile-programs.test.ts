// Programs that try to outlive their run, to spoil the next one, or to write more than they may.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defined, execute, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ GRACE: '1' });
});

afterAll(async () => {
  await server.stop();
});

const folderOutput = { output_type: 'directory', output_parameters: { directory: 'output' } };

test('a grandchild in another session that keeps writing does not delay the answer', async () => {
  const startedMs = performance.now();
  const { status, text } = await execute(
    server,
    shell(`setsid sh -c 'n=0; while [ $n -lt 100 ]; do echo x; n=$((n+1)); sleep 0.05; done' & echo started`),
  );
  expect(status).toBe(200);
  expect(text).toContain('started');
  expect(performance.now() - startedMs).toBeLessThan(4000);
});

test('a program that closes its own directory spoils no later run', async () => {
  await execute(server, shell('chmod 000 . ..'));
  for (let run = 0; run < 3; run++) expect((await execute(server, shell('touch mine && ls'))).text).toBe('mine\n');
});

test('a program that makes its directory writable for everybody does so for no later run', async () => {
  await execute(server, shell('chmod 777 . ..'));
  expect((await execute(server, shell('stat -c %a . ..'))).text).toBe('700\n711\n');
});

test('the holes of a sparse file count as output', async () => {
  const startedMs = performance.now();
  const { json } = await execute(server, shell('truncate -s 8G output/a', { output_adapter: folderOutput }));
  expect(json.code).toBe('output_limit');
  expect(performance.now() - startedMs).toBeLessThan(5000);
});

test('a program that ignores TERM at its timeout is stopping, not ended, until it is killed', async () => {
  const path = await defined(server, shell("trap '' TERM; while :; do sleep 0.1; done", { timeout: 1 }));
  const { json } = await server.send({ method: 'POST', path: `${path}execute/`, headers: { prefer: 'respond-async' } });
  const state = async () => (await server.send({ path: json.resource_uri })).json.state;
  await expect.poll(state, { timeout: 5000, interval: 50 }).toBe('stopping');
  expect((await server.send({ path: '/api/run/?state=stopping' })).json.objects).toHaveLength(1);
  await expect.poll(state, { timeout: 5000 }).toBe('finished');
});

test('the events of a silent program begin at once', async () => {
  const path = await defined(server, { exec: '/bin/sleep', argv: ['3'] });
  const startedMs = performance.now();
  const login = `Basic ${Buffer.from('admin:secret').toString('base64')}`;
  const answer = await fetch(`${server.url}${path}execute/`, {
    method: 'POST',
    headers: { authorization: login, accept: 'text/event-stream' },
  });
  const first = await answer.body?.getReader().read();
  expect(new TextDecoder().decode(first?.value)).toContain('event: state');
  expect(performance.now() - startedMs).toBeLessThan(2000);
});

test.each([
  ['64M', 64e6],
  ['64Mi', 64 * 2 ** 20],
  ['64MiB', 64 * 2 ** 20],
  ['64MB', 64e6],
])('a limit of %s memory is applied', async (memory, bytes) => {
  const { text } = await execute(server, shell('ulimit -v', { limits: { memory } }));
  expect(Number(text)).toBe(Math.floor(bytes / 1024));
});
