// The records of runs: lists, details, outputs in parts, logs as they grow, deletion, and what a killed server leaves.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import type { Answer } from '../support/http.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const shell = (script: string, more: object = {}) => ({ exec: '/bin/sh', argv: ['-c', script], ...more });
const author = 'anna:anna-password';
const idOf = (run: string) => run.split('/')[3];
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe.each(databases)('runs on %s', (databaseName) => {
  let server: TestServer;
  let settings: Record<string, string>;

  beforeAll(async () => {
    settings = { ...(await newDatabase(databaseName)), GRACE: '1' };
    server = await startServer(settings);
    await server.user(author, 'author');
  });
  afterAll(() => server.stop());
  async function defined(definition: object): Promise<string> {
    const { headers } = await server.send({ method: 'POST', path: '/api/process_definition/', body: { definition } });
    return new URL(headers.location as string, server.url).pathname;
  }
  const get = (path: string, headers: Record<string, string> = {}) => server.send({ path, headers });
  const execute = (path: string, headers: Record<string, string> = {}, login = adminLogin) =>
    server.send({ method: 'POST', path: `${path}execute/`, headers, login });
  const remove = (path: string, login = adminLogin) => server.send({ method: 'DELETE', path, login });

  /** The path of the run of a new definition: ended, or just begun. */
  async function ran(script: string, more: object = {}): Promise<string> {
    return `/api/run/${(await execute(await defined(shell(script, more)))).headers['run-id']}/`;
  }
  async function begun(script: string, more: object = {}): Promise<string> {
    const path = (await execute(await defined(shell(script, more)), { prefer: 'respond-async' })).json.resource_uri;
    await expect.poll(async () => (await get(path)).json.state).toBe('running');
    return path;
  }
  const idsOf = ({ json }: Answer): string[] => json.objects.map(({ id }: { id: string }) => id);
  const ids = async (query: string) => idsOf(await get(`/api/run/?${query}`));

  describe('the list', () => {
    let path: string;
    const made: string[] = [];
    beforeAll(async () => {
      path = await defined(shell('exit 0', { name: 'listed', visibility: 'shared' }));
      for (let count = 0; count < 5; count++) made.unshift((await execute(path)).headers['run-id'] as string);
    });

    test('is newest first, with what a table of runs needs', async () => {
      const { json } = await get('/api/run/?limit=5');
      expect(await ids('limit=5')).toEqual(made);
      expect(json.meta).toMatchObject({ limit: 5, offset: 0, previous: null });
      expect(json.objects[0]).toMatchObject({
        state: 'finished',
        end_reason: 'exit',
        success: true,
        exit_code: 0,
        definition: path,
        exec: '/bin/sh',
        owner: 'admin',
      });
    });

    test('is filtered by definition: id, uri or name', async () => {
      const id = path.match(/\d+/)?.[0];
      for (const reference of [id, path, 'listed', 'admin:listed']) expect(await ids(`definition=${reference}`)).toEqual(made);
      expect((await get('/api/run/?definition=no-such')).status).toBe(404);
    });

    test('is filtered by state and end_reason', async () => {
      const [failed, signalled, running] = [await ran('exit 3'), await ran('kill -KILL $$'), await begun('sleep 1')];
      expect(await ids('end_reason=signal')).toEqual([idOf(signalled)]);
      expect(await ids('state=running')).toEqual([idOf(running)]);
      expect((await ids('state=finished&end_reason=exit')).slice(0, 1)).toEqual([idOf(failed)]);
      expect((await get('/api/run/?state=sleeping')).json.code).toBe('invalid_request');
      await get(`${running}wait/`);
    });

    test('is filtered by owner, who sees no run of others', async () => {
      const id = (await execute(path, {}, author)).headers['run-id'];
      expect(await ids('owner=anna')).toEqual([id]);
      expect(await ids('owner=admin')).not.toContain(id);
      expect(idsOf(await server.send({ path: '/api/run/', login: author }))).toEqual([id]);
      expect((await remove(`/api/run/${id}/`, author)).status).toBe(204);
    });

    test('is filtered by ranges of created_at', async () => {
      const at = encodeURIComponent((await get(`/api/run/${made[2]}/`)).json.created_at);
      expect(await ids(`definition=listed&created_at__gte=${at}`)).toEqual(made.slice(0, 3));
      expect(await ids(`definition=listed&created_at__gt=${at}`)).toEqual(made.slice(0, 2));
      expect(await ids(`definition=listed&created_at__lte=${at}`)).toEqual(made.slice(2));
      expect(await ids(`definition=listed&created_at__lt=${at}`)).toEqual(made.slice(3));
      expect((await get('/api/run/?created_at__gte=yesterday')).status).toBe(400);
    });

    test('has an order, pages by offset, and pages after a cursor', async () => {
      const oldest = [...made].reverse();
      expect(await ids('definition=listed&order_by=created_at')).toEqual(oldest);
      expect(await ids('definition=listed&order_by=-created_at')).toEqual(made);
      expect(await ids('definition=listed&limit=2&offset=1')).toEqual(made.slice(1, 3));
      expect(await ids(`definition=listed&limit=2&after=${made[1]}`)).toEqual(made.slice(2, 4));
      expect(await ids(`definition=listed&order_by=created_at&after=${oldest[2]}`)).toEqual(oldest.slice(3));
      const { next } = (await get('/api/run/?definition=listed&limit=3')).json.meta;
      expect(idsOf(await get(next))).toEqual(made.slice(3));
      expect((await get('/api/run/?order_by=exec')).status).toBe(400);
    });
  });

  const keys = `agent argv attempt created_at definition duration_ms end_reason error exec exit_code finished_at id isolation lane output owner pid priority queued_ms
    resource_uri revision signal started_at state success usage`;
  test('the detail says what ran, how it went and how long it took', async () => {
    const { json, headers } = await get(await ran('sleep 0.3; echo hi'));
    expect([headers['content-type'], ...Object.keys(json).sort()]).toEqual(['application/json', ...keys.split(/\s+/)]);
    expect(json).toMatchObject({
      exec: '/bin/sh',
      argv: ['-c', 'sleep 0.3; echo hi'],
      revision: 1,
      attempt: 1,
      lane: 'io',
      priority: 0,
      signal: null,
      error: null,
      success: true,
    });
    expect(json.duration_ms).toBeGreaterThanOrEqual(290);
    expect(json.duration_ms).toBe(Date.parse(json.finished_at) - Date.parse(json.started_at));
    expect(json.queued_ms).toBe(Date.parse(json.started_at) - Date.parse(json.created_at));
  });

  test.each([
    ['small', 'echo hi'],
    ['large', 'yes 0123456789 | head -c 300000'],
  ])('the detail has the length and the SHA-256 of a %s output', async (_size, script) => {
    const path = await ran(script);
    const { bytes } = await get(`${path}output/`);
    expect((await get(path)).json.output).toEqual({
      uri: `${path}output/`,
      content_type: 'text/plain; charset=utf-8',
      bytes: bytes.length,
      sha256: sha256(bytes),
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
      path = `${await ran(`seq 100000 | head -c ${length}${what === 'a file' ? ' > out' : ''}`, output)}output/`;
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
    const path = `${await ran('echo hi')}output/`;
    const { etag } = (await get(path)).headers;
    for (const match of [`"other", ${etag}`, `W/${etag}`, '*'])
      expect([match, (await get(path, { 'if-none-match': match })).status]).toEqual([match, 304]);
  });

  describe('the log', () => {
    const talk = 'for n in 1 2 3; do echo out$n; sleep 0.1; echo err$n >&2; sleep 0.1; done';

    test('is text, per stream or both in the order of writing', async () => {
      const path = await ran(talk);
      expect(await get(`${path}log/`)).toMatchObject({
        text: 'out1\nerr1\nout2\nerr2\nout3\nerr3\n',
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      });
      expect((await get(`${path}log/?stream=stdout`)).text).toBe('out1\nout2\nout3\n');
      expect((await get(`${path}log/?stream=stderr`)).text).toBe('err1\nerr2\nerr3\n');
      expect((await get(`${path}log/?stream=stdin`)).status).toBe(400);
    });

    test('with follow=1 goes on while the run does, and ends with it', async () => {
      const path = await begun('echo one; sleep 1; echo two');
      const asked = request(new URL(`${path}log/?follow=1`, server.url), { auth: adminLogin, agent: false }).end();
      const followed = (await once(asked, 'response'))[0] as IncomingMessage;
      expect(String((await once(followed, 'data'))[0])).toBe('one\n');
      expect((await get(path)).json.state).toBe('running');
      expect((await followed.toArray()).join('')).toBe('two\n');
    });

    test('that was followed to its end belongs to a run that has ended', async () => {
      for (let count = 0; count < 10; count++) {
        const path = await begun('sleep 0.1; echo done');
        expect((await get(`${path}log/?follow=1`)).text).toBe('done\n');
        expect((await get(path)).json.state).toBe('finished');
      }
    });

    test.each([
      ['while it runs', begun],
      ['when it has ended', ran],
    ])('as events resumes exactly after the Last-Event-ID (%s)', async (_when, start) => {
      const path = await start(`${talk}; printf '\\377\\000'; sleep 0.1; head -c 100000 /dev/zero | tr '\\0' z`);
      const all = await events(path);
      expect([all[0].name, all.at(-1)?.name]).toEqual(['state', 'end']);
      const spoken = all.filter(({ name }) => /^std/.test(name));
      expect(spoken.slice(0, 7).map(({ name, data }) => `${name} ${data}`)).toEqual([
        'stdout out1\n',
        'stderr err1\n',
        'stdout out2\n',
        'stderr err2\n',
        'stdout out3\n',
        'stderr err3\n',
        'stdout-base64 /wA=',
      ]);
      expect(
        spoken
          .slice(7)
          .map(({ data }) => data)
          .join(''),
      ).toBe('z'.repeat(100_000));
      expect(JSON.parse(all.at(-1)?.data as string)).toMatchObject({ state: 'finished', success: true });
      for (const [index, { id }] of spoken.entries())
        expect((await events(path, id)).filter(({ name }) => /^std/.test(name))).toEqual(spoken.slice(index + 1));
    });
  });

  async function events(path: string, lastEventId?: string): Promise<{ name: string; id?: string; data: string }[]> {
    const { text } = await get(`${path}log/?follow=1`, {
      accept: 'text/event-stream',
      ...(lastEventId && { 'last-event-id': lastEventId }),
    });
    const field = (event: string, name: string) =>
      event
        .split('\n')
        .filter((line) => line.startsWith(`${name}: `))
        .map((line) => line.slice(name.length + 2));
    return text
      .split('\n\n')
      .filter((event) => event.startsWith('event: '))
      .map((event) => ({ name: field(event, 'event')[0], id: field(event, 'id')[0], data: field(event, 'data').join('\n') }));
  }

  test('wait/ gives the run when it has ended, and 202 after the time', async () => {
    const path = await begun('sleep 1.5');
    expect(await get(`${path}wait/?timeout=0.2`)).toMatchObject({ status: 202, json: { state: 'running' } });
    expect(await get(`${path}wait/?timeout=20`)).toMatchObject({ status: 200, json: { state: 'finished', success: true } });
    expect((await get(`${path}wait/?timeout=soon`)).status).toBe(400);
  });

  test('DELETE removes a run with all that it left, and is 409 while it runs', async () => {
    const folder = (path: string) => join(server.dataDir, 'runs', idOf(path));
    const path = await ran('yes | head -c 200000');
    expect([existsSync(folder(path)), (await remove(path)).status]).toEqual([true, 204]);
    for (const gone of [path, `${path}output/`, `${path}log/`, `${path}wait/`]) expect((await get(gone)).status).toBe(404);
    expect([existsSync(folder(path)), (await remove(path)).status]).toEqual([false, 404]);
    const running = await begun('sleep 1; echo done');
    expect(await remove(running)).toMatchObject({ status: 409, json: { code: 'run_active' } });
    expect((await get(`${running}wait/`)).json.success).toBe(true);
    expect((await remove(running)).status).toBe(204);
  });

  test('deleting a definition keeps its runs', async () => {
    const definition = await defined(shell('echo kept'));
    const path = `/api/run/${(await execute(definition)).headers['run-id']}/`;
    expect((await remove(definition)).status).toBe(204);
    expect((await get(path)).json).toMatchObject({ exec: '/bin/sh', argv: ['-c', 'echo kept'], success: true });
    expect([(await get(`${path}output/`)).text, await ids(`definition=${definition}`)]).toEqual(['kept\n', [idOf(path)]]);
  });

  test('after kill -9 of the server the unfinished runs are lost, and the others are whole', async () => {
    const large = await ran('yes | head -c 200000');
    const unfinished = await begun('echo begun; exec sleep 60');
    const { pid } = (await get(unfinished)).json;
    await Promise.all([once(server.process, 'exit'), server.process.kill('SIGKILL')]);
    process.kill(pid, 'SIGKILL');
    server = await startServer(settings, { dataDir: server.dataDir });
    expect((await get(unfinished)).json).toMatchObject({
      state: 'finished',
      end_reason: 'lost',
      success: false,
      error: expect.any(String),
    });
    expect((await get(`${large}output/`)).bytes.length).toBe(200_000);
    expect(await ids('end_reason=lost')).toEqual([idOf(unfinished)]);
    expect((await remove(unfinished)).status).toBe(204);
    expect(readdirSync(join(server.dataDir, 'runs'))).not.toContain(idOf(unfinished));
  });
});
