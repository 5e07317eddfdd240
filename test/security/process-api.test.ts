// The interface of procaas against clients that try to write outside of the work directory, or to fill the memory or the disk.
import { createHash, randomBytes } from 'node:crypto';
import { statfsSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { file, post, shellCommand } from '../support/process-api.js';
import { spooledIds, zipNamed, zipOf } from '../support/run-files.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';
import { victimFolder } from '../support/victim.js';

const mebibyte = 2 ** 20;
let server: TestServer;
const victim = victimFolder();

beforeAll(async () => {
  server = await startServer();
  await post(server, { data: { cmd: ['true'] } });
});

afterAll(async () => {
  await server.stop();
});

/** A form whose file has exactly these bytes as its name. */
function postNamed(name: string, data: object = shellCommand('ls -A')) {
  const boundary = 'exactly';
  const part = (disposition: string, content: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
  const body = `${part('name="data"', JSON.stringify(data))}${part(`name="f"; filename="${name}"`, 'evil')}--${boundary}--\r\n`;
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  return server.send({ method: 'POST', path: '/process', body: Buffer.from(body, 'latin1'), headers });
}

describe('the name of an upload', () => {
  test.each([
    '..',
    '.',
    '../evil',
    '../../../../../../tmp/procreg-evil',
    '/tmp/procreg-evil',
    'folder/evil',
    '..\\\\..\\\\evil',
    'a\0b',
    'a\x07b',
    'x'.repeat(256),
  ])('%j is refused, and nothing is started', async (name) => {
    const before = (await server.send({ path: '/api/run/' })).json.meta.total_count;
    const { status, json } = await postNamed(name);
    expect([status, json.code]).toEqual([400, 'invalid_request']);
    expect((await server.send({ path: '/api/run/' })).json.meta.total_count).toBe(before);
    expect(spooledIds(server)).toEqual([]);
  });

  test.each(['%2e%2e', '%2e%2e%2fevil', '..%2f..%2ftmp%2fprocreg-evil', '%00', '...', ' ', '-rf', '$(id)', '${run_id}'])(
    '%j is a plain name, and is kept',
    async (name) => {
      const { status, text } = await postNamed(name);
      expect([status, text]).toEqual([200, `${name}\n`]);
    },
  );

  test('with CR and LF puts no header anywhere', async () => {
    const { status, headers, text } = await postNamed('a\r\nSet-Cookie: evil=1');
    expect(headers['set-cookie']).toBeUndefined();
    expect([200, 400]).toContain(status);
    expect(text).not.toMatch(/\nSet-Cookie/);
  });

  test('twice is refused', async () => {
    const answer = await post(server, { data: { cmd: ['true'] }, files: [file('same', '1'), file('same', '2')] });
    expect([answer.status, answer.json.error]).toEqual([400, "there are several files named 'same'"]);
  });

  test('does not replace what the output folder is', async () => {
    const { status } = await postNamed('output', shellCommand('true', { outputMode: 'zip' }));
    expect(status).toBe(400);
  });
});

describe('a zip that comes in', () => {
  const unpack = (archive: Buffer) =>
    post(server, { data: shellCommand('ls -AR', { zipInputMode: true }), files: [file('in.zip', archive)] });

  test.each(['../evil', '../../../../../../tmp/procreg-evil', '/tmp/procreg-evil', 'a/../../evil', 'a\\..\\..\\evil', 'a\0b', '..'])(
    'with the entry %j is refused whole',
    async (name) => {
      const { status, json } = await unpack(await zipNamed(name));
      expect([status, json.code]).toEqual([400, 'invalid_request']);
      expect(spooledIds(server)).toEqual([]);
    },
  );

  test('with a link, a device or a pipe is refused whole', async () => {
    for (const [kind, content] of [
      [0o120777, victim],
      [0o020666, ''],
      [0o010666, ''],
    ] as [number, string][])
      expect((await unpack(await zipOf({ entry: content }, kind))).status).toBe(400);
    expect(spooledIds(server)).toEqual([]);
  });

  test('that holds more than it may is refused, whatever its headers say', async () => {
    const small = await startServer({ MAX_MESSAGE_BYTES: '1MiB' });
    const bomb = await zipOf({ zeros: Buffer.alloc(64 * mebibyte) });
    expect(bomb.length).toBeLessThan(mebibyte);
    const { status, json } = await post(small, { data: shellCommand('true', { zipInputMode: true }), files: [file('in.zip', bomb)] });
    expect([status, json.code]).toEqual([413, 'message_too_large']);
    expect(spooledIds(small)).toEqual([]);
    await small.stop();
  });
});

describe('what a program leaves as output', () => {
  test.each([
    ['a folder that is a link', `rmdir output; ln -s ${victim} output`],
    ['a link to a file', `ln -s ${victim}/precious output/x`],
    ['a pipe', 'mkfifo output/x'],
    ['a link to a device', 'ln -s /dev/zero output/x'],
  ])('%s is not followed', async (_what, script) => {
    for (const outputMode of ['file', 'zip']) {
      const { status, bytes } = await post(server, { data: shellCommand(script, { outputMode, timeoutMillis: 5000 }) });
      expect([200, 400]).toContain(status);
      expect(bytes.includes('precious')).toBe(false);
    }
  });
});

describe('large things', () => {
  const { bavail, bsize } = statfsSync(tmpdir());

  test('16 MiB are uploaded and come back unchanged, as a file, on stdout, in chunks and in a zip', async () => {
    const content = randomBytes(16 * mebibyte);
    const files = [file('in', content)];
    for (const [script, outputMode] of [
      ['cat in', 'stdout'],
      ['cat in', 'chunkedStdout'],
      ['cp in output/out', 'file'],
    ]) {
      const { status, bytes } = await post(server, { data: shellCommand(script, { outputMode }), files });
      expect([outputMode, status, bytes.equals(content)]).toEqual([outputMode, 200, true]);
    }
    const { bytes } = await post(server, { data: shellCommand('cp in output/out', { outputMode: 'zip' }), files });
    expect(bytes.includes(content)).toBe(true);
    const unzipped = await post(server, { data: shellCommand('cat out', { zipInputMode: true }), files: [file('in.zip', bytes)] });
    expect(unzipped.bytes.equals(content)).toBe(true);
  });

  test.runIf(bavail * bsize > 6 * 1024 * mebibyte)('1 GiB goes out in a zip with 80 MB of memory at most', async () => {
    const big = await startServer({ MAX_OUTPUT_BYTES: '2GiB' });
    await post(big, { data: { cmd: ['true'] } });
    const before = big.peakBytes();
    const { status, bytes } = await bytesOf(big, shellCommand('head -c 1G /dev/zero > output/zeros', { outputMode: 'zip' }));
    expect(status).toBe(200);
    expect(bytes).toBeGreaterThan(1024 * mebibyte);
    expect((big.peakBytes() - before) / 1e6).toBeLessThan(80);
    await big.stop();
  });

  test('64 MiB of files come in with 80 MB of memory at most', async () => {
    const before = server.peakBytes();
    const content = randomBytes(64 * mebibyte);
    const { text } = await post(server, { data: shellCommand('sha256sum < in'), files: [file('in', content)] });
    expect(text).toContain(createHash('sha256').update(content).digest('hex'));
    expect((server.peakBytes() - before) / 1e6).toBeLessThan(80);
  });
});

/** The status of the answer, and how many bytes it has. */
function bytesOf(to: TestServer, data: object): Promise<{ status?: number; bytes: number }> {
  const authorization = `Basic ${Buffer.from(adminLogin).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(to.url), { method: 'POST', path: '/process', headers, agent: false }, (incoming) => {
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => (bytes += chunk.length));
      incoming.once('end', () => resolve({ status: incoming.statusCode, bytes }));
      incoming.once('error', reject);
    });
    outgoing.once('error', reject);
    outgoing.end(new URLSearchParams({ data: JSON.stringify(data) }).toString());
  });
}
