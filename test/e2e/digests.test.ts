// Showing a run never reads its output: digests are computed while the output is collected, or in the background.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { execute, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const largeBytes = 256 * 2 ** 20;
let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server.stop();
});

/** What the server has read so far, from files and connections, in bytes. */
const readBytes = () => Number(/rchar: (\d+)/.exec(readFileSync(`/proc/${server.pid}/io`, 'utf8'))?.[1]);
/** What is read after the answer is read by then. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 1000));
const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const zeros = () => digestOf(Buffer.alloc(largeBytes));
const recordOf = async (path: string, from = server) => (await from.send({ path })).json;

const adapters: [string, string, object][] = [
  ['a file', 'head -c 300000 /dev/urandom > out', { output_type: 'file', output_parameters: { file_path: 'out' } }],
  ['an appended file', 'head -c 300000 /dev/urandom >> out', { output_type: 'append', output_parameters: { file_path: 'out' } }],
  ['a pipe', 'head -c 300000 /dev/urandom > out', { output_type: 'pipe', output_parameters: { pipe_path: 'out' } }],
  ['a folder', 'head -c 300000 /dev/urandom > out/a', { output_type: 'directory', output_parameters: { directory: 'out' } }],
  [
    'the only file of a folder',
    'head -c 300000 /dev/urandom > out/a',
    { output_type: 'directory', output_parameters: { directory: 'out', format: 'file' } },
  ],
];

test.each(adapters)('the digest of %s is there when the run has ended, and is right', async (_kind, script, output_adapter) => {
  const { headers, bytes, text } = await execute(server, shell(script, { output_adapter }));
  expect(bytes.length, text.slice(0, 300)).toBeGreaterThanOrEqual(300_000);
  expect((await recordOf(`/api/run/${headers['run-id']}/`)).output.sha256).toBe(digestOf(bytes));
});

describe('a run with a large output', () => {
  let path: string;
  beforeAll(async () => {
    const output_adapter = { output_type: 'file', output_parameters: { file_path: 'out' } };
    const { headers } = await execute(server, shell(`truncate -s ${largeBytes} out`, { output_adapter }), {
      headers: { prefer: 'respond-async' },
    });
    path = `/api/run/${headers['run-id']}/`;
    await server.send({ path: `${path}wait/?timeout=50` });
  });

  test.each<[string, string, string, Record<string, string>]>([
    ['its record', 'GET', '', {}],
    ['its end', 'GET', 'wait/', {}],
    ['the head of its output', 'HEAD', 'output/', {}],
    ['an output that has not changed', 'GET', 'output/', { 'if-none-match': '*' }],
    ['a part of its output', 'GET', 'output/', { range: 'bytes=1000-1999' }],
    ['its files', 'GET', 'files/', {}],
    ['the head of its file', 'HEAD', 'files/out', {}],
    ['the head of its files as a zip', 'HEAD', 'archive/', {}],
  ])('%s is answered without reading it', async (_what, method, more, headers) => {
    const before = readBytes();
    const { status } = await server.send({ method, path: path + more, headers });
    expect([200, 206, 304]).toContain(status);
    await settled();
    expect(readBytes() - before).toBeLessThan(8 * 2 ** 20);
  });

  test('has the right digest, and the head of its output the whole length', async () => {
    expect((await recordOf(path)).output).toMatchObject({ bytes: largeBytes, sha256: zeros() });
    const { headers } = await server.send({ method: 'HEAD', path: `${path}output/` });
    expect(headers['content-length']).toBe(String(largeBytes));
  });
});

test('a record is answered at once although its output is large, and gets its digest soon', async () => {
  const { headers } = await execute(server, shell(`head -c ${largeBytes} /dev/zero`), { headers: { prefer: 'respond-async' } });
  const path = `/api/run/${headers['run-id']}/`;
  const before = readBytes();
  const { json } = await server.send({ path: `${path}wait/?timeout=50` });
  // what the background has read of it by now is not much
  expect(readBytes() - before).toBeLessThan(largeBytes);
  expect([json.state, json.output.bytes, json.output.sha256]).toEqual(['finished', largeBytes, null]);
  await expect.poll(async () => (await recordOf(path)).output.sha256, { timeout: 50_000 }).toBe(zeros());
});

test('the head of a log is answered without reading it', async () => {
  const { headers } = await execute(server, shell(`head -c ${largeBytes} /dev/zero`), { headers: { prefer: 'respond-async' } });
  const path = `/api/run/${headers['run-id']}/`;
  await expect.poll(async () => (await recordOf(path)).output?.sha256, { timeout: 50_000 }).toBe(zeros());
  const before = readBytes();
  expect((await server.send({ method: 'HEAD', path: `${path}log/` })).status).toBe(200);
  await settled();
  expect(readBytes() - before).toBeLessThan(8 * 2 ** 20);
});

test('a run that ended while its server was gone, or just before, gets its digest from the next one', async () => {
  const first = await startServer();
  const began = (script: string) =>
    execute(first, shell(script), { headers: { prefer: 'respond-async' } }).then(({ headers }) => `/api/run/${headers['run-id']}/`);
  const ended = await began('yes 0123456789 | head -c 3000000');
  const adopted = await began('sleep 3; yes 0123456789 | head -c 3000000');
  await expect.poll(async () => (await recordOf(ended, first)).state).toBe('finished');
  await expect.poll(async () => (await recordOf(adopted, first)).state).toBe('running');
  first.process.kill('SIGKILL');
  await new Promise((resolve) => first.process.once('exit', resolve));
  const second = await startServer({}, { dataDir: first.dataDir });
  const wanted = digestOf(Buffer.from('0123456789\n'.repeat(300_000)).subarray(0, 3_000_000));
  // a list asks for nothing
  const digests = async () =>
    (await recordOf('/api/run/', second)).objects.map(({ output }: { output: { sha256: string } | null }) => output?.sha256);
  await expect.poll(digests, { timeout: 30_000 }).toEqual([wanted, wanted]);
  expect([ended, adopted].length).toBe(2);
  await second.stop();
});
