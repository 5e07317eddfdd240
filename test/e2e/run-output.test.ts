// The outputs of runs: their length and SHA-256, in whole and in ranges, and whether they have changed.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import { ran, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe.each(databases)('runs on %s', (databaseName) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(await newDatabase(databaseName));
  });
  afterAll(() => server.stop());
  const get = (path: string, headers: Record<string, string> = {}) => server.send({ path, headers });

  test.each([
    ['small', 'echo hi'],
    ['large', 'yes 0123456789 | head -c 300000'],
  ])('the detail has the length and the SHA-256 of a %s output', async (_size, script) => {
    const path = await ran(server, shell(script));
    const { bytes } = await get(`${path}output/`);
    await expect.poll(async () => (await get(path)).json.output.sha256).not.toBe(null);
    expect((await get(path)).json.output).toEqual({
      uri: `${path}output/`,
      content_type: 'text/plain; charset=utf-8',
      bytes: bytes.length,
      sha256: sha256(bytes),
      note: null,
    });
  });

  describe.each([
    ['small', 1000],
    ['large', 300_000],
    ['a file', 200_000],
  ])('the output (%s)', (what, length) => {
    const output = what === 'a file' ? { output_adapter: { output_type: 'file', output_parameters: { file_path: 'out' } } } : {};
    let path: string;
    let whole: Buffer;
    beforeAll(async () => {
      path = `${await ran(server, shell(`seq 100000 | head -c ${length}${what === 'a file' ? ' > out' : ''}`, output))}output/`;
      whole = (await get(path)).bytes;
      expect(whole.length).toBe(length);
    });

    test('comes in ranges, and answers 416 to one outside of it', async () => {
      const ranges: [string, number, number][] = [
        ['0-0', 0, 0],
        ['10-19', 10, 19],
        ['900-', 900, length - 1],
        ['-7', length - 7, length - 1],
        [`5-${length * 2}`, 5, length - 1],
        [`-${length * 2}`, 0, length - 1],
      ];
      for (const [range, start, end] of ranges) {
        const { status, headers, bytes } = await get(path, { range: `bytes=${range}` });
        expect([range, status, headers['content-range'], headers['content-length']]).toEqual([
          range,
          206,
          `bytes ${start}-${end}/${length}`,
          String(end - start + 1),
        ]);
        expect(bytes.equals(whole.subarray(start, end + 1)), range).toBe(true);
      }
      for (const range of [`bytes=${length}-`, 'bytes=9999999-99999999', 'bytes=-0']) {
        expect(await get(path, { range }), range).toMatchObject({ status: 416, headers: { 'content-range': `bytes */${length}` } });
      }
    });

    test('has an ETag for If-None-Match and If-Range, and answers HEAD', async () => {
      const etag = (await get(path)).headers.etag as string;
      expect(etag).toMatch(/^"[^"]+"$/);
      expect(await get(path, { 'if-none-match': etag })).toMatchObject({ status: 304, text: '' });
      expect((await get(path, { 'if-none-match': '"other"' })).status).toBe(200);
      expect((await get(path, { range: 'bytes=0-4', 'if-range': etag })).status).toBe(206);
      expect((await get(path, { range: 'bytes=0-4', 'if-range': '"other"' })).bytes.length).toBe(length);
      const head = await server.send({ method: 'HEAD', path });
      expect([head.status, head.headers['content-length'], head.headers.etag, head.bytes.length]).toEqual([200, String(length), etag, 0]);
    });
  });

  test('an output takes every form of If-None-Match: several, a weak one, any', async () => {
    const path = `${await ran(server, shell('echo hi'))}output/`;
    const { etag } = (await get(path)).headers;
    for (const match of [`"other", ${etag}`, `W/${etag}`, '*'])
      expect([match, (await get(path, { 'if-none-match': match })).status]).toEqual([match, 304]);
  });
});
