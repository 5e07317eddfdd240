// The bytes of a run over lost connections and killed servers: none is lost, and none comes twice.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asked, followResumed, veryLarge } from '../support/followed-bytes.js';
import { shell } from '../support/programs.js';
import { crash, next, running } from '../support/restarts.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const mebibyte = 2 ** 20;
const size = 64 * mebibyte;
/** Every line is another one. */
const lines = `seq 10000000 19999999 | head -c ${size}`;

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('64 MiB', () => {
  let run: string;
  let digest: string;
  beforeAll(async () => {
    digest = execFileSync('sh', ['-c', `${lines} | sha256sum`], { encoding: 'utf8' }).slice(0, 64);
    run = await running(server, shell(`sleep 0.3; ${lines} ; exit 5`, { success_exit_codes: [5] }));
  });

  test('reach clients that leave at random, and one that reads slowly; the server keeps little of them in memory', {
    timeout: 60_000,
  }, async () => {
    const before = server.peakBytes();
    const slow = await asked(server.url, `${run}stdout/`);
    const { bytes, trailers, answers } = await followResumed(
      () => server,
      `${run}output/`,
      () => Math.floor(Math.random() * 6 * mebibyte),
    );
    expect([bytes.length, sha256(bytes)]).toEqual([size, digest]);
    expect(answers).toBeGreaterThan(5);
    // none where the run had ended before the last answer
    expect([{}, { 'exit-code': '5', 'end-reason': 'exit' }]).toContainEqual(trailers);
    const late = createHash('sha256');
    for await (const chunk of slow) late.update(chunk);
    expect([late.digest('hex'), slow.trailers['exit-code']]).toEqual([digest, '5']);
    expect(server.peakBytes() - before).toBeLessThan(60 * mebibyte);
  });

  test('are read from any position on once the run has ended', async () => {
    for (const start of [0, 12_345_678, size - 9]) {
      const { headers, bytes } = await server.send({ path: `${run}stdout/`, headers: { range: `bytes=${start}-${start + 8}` } });
      expect(headers['content-range']).toBe(`bytes ${start}-${start + 8}/${size}`);
      const line = String(10_000_000 + Math.floor(start / 9));
      expect(bytes.toString()).toBe(`${line}\n${Number(line) + 1}\n`.slice(start % 9, (start % 9) + 9));
    }
  });

  test('come by curl -C - in the rest of a file', async () => {
    const script = `head -c 1000000 > part; curl -sSf -u "$2" -C - -o part "$1"; sha256sum < part; rm part`;
    const { bytes } = await server.send({ path: `${run}stdout/`, headers: { range: 'bytes=0-999999' } });
    const said = execFileSync('sh', ['-c', script, 'sh', `${server.url}${run}stdout/`, adminLogin], { input: bytes, cwd: server.dataDir });
    expect(said.toString().slice(0, 64)).toBe(digest);
  });
});

test('a follower resumes at the next server where kill -9 has cut it, by bytes and by events', { timeout: 60_000 }, async () => {
  const script = 'i=0; while [ ! -e end ]; do i=$((i + 1)); echo line $i; sleep 0.01; done; echo $i > count; exit 3';
  const run = await running(server, shell(script, { timeout: 60 }));
  const followed = followResumed(
    () => server,
    `${run}stdout/`,
    () => Number.POSITIVE_INFINITY,
  );
  for (let count = 0; count < 2; count++) {
    await sleep(300);
    const events = await server.send({ path: `${run}log/`, headers: { accept: 'text/event-stream' } });
    const last = events.text
      .match(/^id: \d+$/gm)
      ?.at(-1)
      ?.slice(4) as string;
    await crash(server);
    server = await next(server);
    const resumed = await server.send({ path: `${run}log/`, headers: { accept: 'text/event-stream', 'last-event-id': last } });
    expect([resumed.status, resumed.text.slice(0, 12)]).toEqual([200, 'event: state']);
    const there = await server.send({ path: `${run}stdout/`, headers: { range: 'bytes=0-' } });
    expect([there.status, there.text.slice(0, 7)]).toEqual([206, 'line 1\n']);
  }
  await sleep(300);
  await server.send({ method: 'PUT', path: `${run}files/end`, body: 'now' });
  const { bytes, trailers, answers } = await followed;
  const length = Number((await server.send({ path: `${run}files/count` })).text);
  expect(bytes.toString()).toBe(Array.from({ length }, (_one, index) => `line ${index + 1}\n`).join(''));
  expect([answers, trailers]).toEqual([3, { 'exit-code': '3', 'end-reason': 'exit' }]);
  expect((await server.send({ path: `${run}stdout/`, headers: { range: `bytes=5-${veryLarge}` } })).headers['exit-code']).toBe('3');
});
