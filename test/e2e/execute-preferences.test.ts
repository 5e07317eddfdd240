// How a caller wants its answer: at once or later, only once, while it is written, as events; and what happens when it goes away.
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Sent } from '../support/http.js';
import { defined, type Executed, needed, runsOf, shell } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const tr = { exec: '/usr/bin/tr', argv: ['-d', 'x'] };
const runner = 'rita:rita-password';

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ GRACE: '1' });
  await server.user(runner, 'runner');
});

afterAll(() => server.stop());

function post(definition: string, headers: Record<string, string>, more: Executed = {}): Promise<Answer> {
  const { query = '', ...sent } = more;
  return server.send({ method: 'POST', path: `${definition}execute/${query}`, headers, login: adminLogin, ...sent });
}

function open(definition: string, query: string, headers: Record<string, string> = {}): ClientRequest {
  return request(new URL(`${definition}execute/${query}`, server.url), { method: 'POST', auth: adminLogin, headers, agent: false }).on(
    'error',
    () => {},
  );
}

/** The head of the answer to a request whose body may continue. */
async function answerOf(outgoing: ClientRequest): Promise<IncomingMessage> {
  return (await once(outgoing, 'response'))[0] as IncomingMessage;
}

async function firstBytes(answer: IncomingMessage): Promise<string> {
  return String((await once(answer, 'data'))[0]);
}

describe('Prefer', () => {
  test('respond-async is answered at once with the run, which keeps running', async () => {
    const answer = await post(await defined(server, shell('sleep 1; tr -d x')), { prefer: 'respond-async' }, { body: 'axbxc' });
    const { location, 'preference-applied': applied, 'content-type': type } = answer.headers;
    expect([answer.status, applied, type]).toEqual([202, 'respond-async', 'application/json']);
    expect(new URL(location as string, server.url).pathname).toBe(answer.json.resource_uri);
    expect(['queued', 'starting', 'running']).toContain(answer.json.state);
    expect((await server.send({ path: `${answer.json.resource_uri}wait/` })).json).toMatchObject({
      id: answer.json.id,
      state: 'finished',
      success: true,
    });
    expect((await server.send({ path: `${answer.json.resource_uri}output/` })).text).toBe('abc');
  });

  test('wait=N gives the result when the run ends within N seconds', async () => {
    const answer = await post(await defined(server, tr), { prefer: 'wait=20' }, { body: 'axbxc' });
    expect([answer.status, answer.text, answer.headers['preference-applied']]).toEqual([200, 'abc', 'wait=20']);
  });

  test('wait=N gives the run when it still runs after N seconds', async () => {
    const begin = performance.now();
    const answer = await post(await defined(server, shell('sleep 2.5; echo late')), { prefer: 'wait=1' });
    const tookMs = performance.now() - begin;
    expect([answer.status, answer.json.state, answer.headers['preference-applied']]).toEqual([202, 'running', 'wait=1']);
    expect(tookMs).toBeGreaterThan(950);
    expect(tookMs).toBeLessThan(2400);
    expect((await server.send({ path: `${answer.headers.location}wait/` })).json.success).toBe(true);
  });

  test('a run that fails later is answered with 202 all the same, and one that fails within wait=N with its code', async () => {
    const path = await defined(server, shell('sleep 0.3; exit 3'));
    expect((await post(path, { prefer: 'respond-async' })).status).toBe(202);
    expect((await post(path, { prefer: 'wait=20' })).json).toMatchObject({ status: 422, code: 'exit', exit_code: 3 });
  });
});

describe('Idempotency-Key', () => {
  function multipart(boundary: string): Partial<Sent> {
    const part = `--${boundary}\r\nContent-Disposition: form-data; name="message"; filename="m.txt"\r\nContent-Type: text/plain\r\n\r\naxb\r\n--${boundary}--\r\n`;
    return { body: part, headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, 'idempotency-key': 'form' } };
  }

  test('the same request gives the same run and the same answer, also while it runs', async () => {
    const path = await defined(server, shell('sleep 0.5; tr -d x'));
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(path, { 'idempotency-key': 'k1' }, { body: 'axb' })));
    answers.push(await post(path, { 'idempotency-key': 'k1' }, { body: 'axb' }));
    expect(answers.map(({ status, text }) => `${status} ${text}`)).toEqual(Array(9).fill('200 ab'));
    expect(new Set(answers.map(({ headers }) => headers['run-id'])).size).toBe(1);
    expect(await runsOf(server, path)).toHaveLength(1);
  });

  test('another body, type or URL under the same key is 422', async () => {
    const path = await defined(server, tr);
    const first = { 'idempotency-key': 'k2', 'content-type': 'text/plain' };
    expect((await post(path, first, { body: 'one' })).status).toBe(200);
    const others = [
      post(path, first, { body: 'two' }),
      post(path, { ...first, 'content-type': 'text/csv' }, { body: 'one' }),
      post(path, first, { body: 'one', query: '?timeout=5' }),
    ];
    for (const { status, json } of await Promise.all(others)) expect([status, json.code]).toEqual([422, 'idempotency_mismatch']);
    expect(await runsOf(server, path)).toHaveLength(1);
  });

  test('is per user', async () => {
    const path = await defined(server, { ...tr, visibility: 'shared' });
    const mine = await post(path, { 'idempotency-key': 'k3' }, { body: 'mine' });
    const hers = await post(path, { 'idempotency-key': 'k3' }, { body: 'hers', login: runner });
    expect([mine.text, hers.status, hers.text]).toEqual(['mine', 200, 'hers']);
    expect(hers.headers['run-id']).not.toBe(mine.headers['run-id']);
  });

  test('a multipart body with another boundary is the same request', async () => {
    const path = await defined(server, tr);
    const [first, second] = [
      await server.send({ method: 'POST', path: `${path}execute/`, ...multipart('aaa') }),
      await server.send({ method: 'POST', path: `${path}execute/`, ...multipart('bbbbbb') }),
    ];
    expect([first.text, second.text]).toEqual(['ab', 'ab']);
    expect(second.headers['run-id']).toBe(first.headers['run-id']);
  });
});

describe('?stream=1', () => {
  test('the output arrives while the program runs, the exit code in a trailer', async () => {
    const outgoing = open(
      await defined(server, shell('echo first; sleep 1; echo second; exit 4', { success_exit_codes: [4] })),
      '?stream=1',
    );
    outgoing.end();
    const answer = await answerOf(outgoing);
    expect(await firstBytes(answer)).toBe('first\n');
    expect((await server.send({ path: `/api/run/${answer.headers['run-id']}/` })).json.state).toBe('running');
    expect((await answer.toArray()).join('')).toBe('second\n');
    expect([answer.statusCode, answer.trailers['exit-code'], answer.complete]).toEqual([200, '4', true]);
  });

  test('a message of unknown length reaches the program while it is sent', async () => {
    const outgoing = open(await defined(server, { exec: '/bin/cat' }), '?stream=1');
    outgoing.write('ping');
    const answer = await answerOf(outgoing);
    expect(await firstBytes(answer)).toBe('ping');
    outgoing.end('pong');
    expect((await answer.toArray()).join('')).toBe('pong');
  });

  test('the connection is cut when the program fails', async () => {
    const outgoing = open(await defined(server, shell('echo first; sleep 0.2; exit 3')), '?stream=1');
    outgoing.end();
    const answer = await answerOf(outgoing);
    await expect(answer.toArray()).rejects.toThrow('aborted');
    expect([answer.statusCode, answer.complete, answer.trailers]).toEqual([200, false, {}]);
    expect((await server.send({ path: `/api/run/${answer.headers['run-id']}/` })).json).toMatchObject({ end_reason: 'exit', exit_code: 3 });
  });
});

describe('Accept: text/event-stream', () => {
  test('gives the events of the run: state, what it writes, and its end', async () => {
    const answer = await post(
      await defined(server, shell('cat; sleep 0.1; echo two >&2; sleep 0.1; exit 3')),
      { accept: 'text/event-stream' },
      { body: 'one' },
    );
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/event-stream']);
    const events = answer.text.split('\n\n').filter((event) => event.startsWith('event: '));
    const named = events.map((event) => [
      /^event: (.*)$/m.exec(event)?.[1],
      [...event.matchAll(/^data: ?(.*)$/gm)].map(([, data]) => data).join('\n'),
    ]);
    expect(named[0][0]).toBe('state');
    expect(named.filter(([name]) => name !== 'state').slice(0, -1)).toEqual([
      ['stdout', 'one'],
      ['stderr', 'two\n'],
    ]);
    expect(named.at(-1)?.[0]).toBe('end');
    expect(JSON.parse(named.at(-1)?.[1] as string)).toMatchObject({
      id: answer.headers['run-id'],
      state: 'finished',
      end_reason: 'exit',
      exit_code: 3,
    });
  });
});

describe('a caller that goes away', () => {
  const ways: [string, string, Record<string, string>][] = [
    ['waits', '', {}],
    ['reads the stream', '?stream=1', {}],
    ['follows the events', '', { accept: 'text/event-stream' }],
  ];
  async function abandon(path: string, query: string, headers: Record<string, string>): Promise<void> {
    const outgoing = open(path, query, headers);
    outgoing.end();
    await expect.poll(async () => (await runsOf(server, path))[0]?.state).toBe('running');
    await sleep(100);
    outgoing.destroy();
  }

  test.each(ways)('while it %s has its run stopped with on_disconnect: stop', async (_way, query, headers) => {
    const path = await defined(server, shell('echo begun; exec sleep 30', { on_disconnect: 'stop' }));
    await abandon(path, query, headers);
    await expect
      .poll(async () => (await runsOf(server, path))[0], { timeout: 4000 })
      .toMatchObject({ state: 'finished', end_reason: 'stop', success: false });
  });

  test.each(ways)('while it %s leaves its run running otherwise', async (_way, query, headers) => {
    const path = await defined(server, shell('echo begun; sleep 1; echo done'));
    await abandon(path, query, headers);
    await expect.poll(async () => (await runsOf(server, path))[0], { timeout: 4000 }).toMatchObject({ end_reason: 'exit', success: true });
    expect((await server.send({ path: `${(await runsOf(server, path))[0].resource_uri}output/` })).text).toBe('begun\ndone\n');
  });

  test('after its answer stops nothing', async () => {
    const path = await defined(server, shell('sleep 1; echo done', { on_disconnect: 'stop' }));
    expect((await post(path, { prefer: 'respond-async', connection: 'close' })).status).toBe(202);
    await expect.poll(async () => (await runsOf(server, path))[0], { timeout: 4000 }).toMatchObject({ end_reason: 'exit', success: true });
  });
});

describe('a body without a Content-Length', () => {
  const chunked = () => Readable.from(['ax', 'bx', 'c']);

  test('is the message', async () => {
    expect((await post(await defined(server, tr), {}, { body: chunked() })).text).toBe('abc');
    expect((await post(await defined(server, { exec: '/bin/cat', argv: ['${input_file}'] }), {}, { body: chunked() })).text).toBe('axbxc');
  });

  test('is the parameters of a definition that takes no message', async () => {
    const path = await defined(server, {
      exec: '/bin/echo',
      argv: ['${word}'],
      ...needed({ word: { type: 'string' } }),
    });
    expect((await post(path, {}, { body: Readable.from(['{"word": ', '"hello"}']) })).text).toBe('hello\n');
  });
});
