// What glot's docker-run answers to its clients: its name and version, the token, the limits, and a separate folder for each run.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bash, type Coder, file, newCoder } from '../support/code.js';
import type { Answer } from '../support/http.js';
import { workFiles } from '../support/process-api.js';
import { leftAfter, marked } from '../support/processes.js';
import { until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let run: Coder;
let usual: TestServer;
/** Code that never ends, at a server with its defaults. */
let endless: Promise<{ answer: Answer; tookMs: number }>;

beforeAll(async () => {
  usual = await startServer();
  const code = await newCoder(usual);
  const begunMs = performance.now();
  endless = code(bash('sleep 60')).then((answer) => ({ answer, tookMs: performance.now() - begunMs }));
  server = await startServer({ RUN_MAX_EXECUTION_TIME: '3' });
  run = await newCoder(server);
});
afterAll(async () => {
  await endless;
  await Promise.all([server.stop(), usual.stop()]);
});

const missing = { error: 'access_token', message: 'Missing or wrong access token' };

const token = (headers: Record<string, string>, path = '/run') =>
  server.send({ method: 'POST', path, login: '', headers, body: { image: 'glot/bash:latest', payload: bash('echo hi') } });

describe('docker-run', () => {
  test('GET / tells name, version and description to everybody', async () => {
    const { status, headers, json } = await server.send({ path: '/', login: '' });
    expect([status, headers['content-type']]).toEqual([200, 'application/json']);
    expect(json).toMatchObject({ name: 'process-registry', version: expect.any(String), description: expect.any(String) });
  });

  test('GET / leads a browser to the page', async () => {
    const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    const { status, headers } = await server.send({ path: '/', login: '', headers: { accept } });
    expect([status, headers.location, headers.vary]).toEqual([302, '/ui/', 'accept']);
  });

  test('GET /version needs the token and has the fields of docker’s version', async () => {
    for (const headers of [{}, { 'x-access-token': 'wrong' }] as Record<string, string>[]) {
      const refused = await server.send({ path: '/version', login: '', headers });
      expect([refused.status, refused.json]).toEqual([401, missing]);
    }
    const { status, json } = await server.send({ path: '/version' });
    const fields = [
      'version',
      'apiVersion',
      'gitCommit',
      'goVersion',
      'os',
      'arch',
      'kernelVersion',
      'buildTime',
      'platform',
      'components',
    ];
    expect([status, Object.keys(json), Object.keys(json.docker)]).toEqual([200, ['docker'], fields]);
    expect(json.docker.components[0]).toEqual({ name: expect.any(String), version: expect.any(String) });
  });

  test.each(['/run', '/api_v1/run'])('%s without a token, or with a wrong one, is a 401 access_token', async (path) => {
    for (const headers of [{}, { 'x-access-token': 'wrong' }] as Record<string, string>[]) {
      const { status, json } = await token(headers, path);
      expect([status, json]).toEqual([401, missing]);
    }
  });

  test('a program that runs too long is a 400 limits.execution_time', async () => {
    const { status, json } = await run(bash('echo begun; sleep 60'));
    expect([status, json.error, json.message]).toEqual([
      400,
      'limits.execution_time',
      'Failed while reading stream: Max execution time exceeded',
    ]);
  });

  test('100000 bytes of output pass, one more is a 400 limits.read.size', async () => {
    const printed = (bytes: number) => run({ language: 'python', files: [file('main.py', `print("x" * ${bytes}, end="")`)] });
    const whole = await printed(100_000);
    expect([whole.status, whole.json.stdout.length]).toEqual([200, 100_000]);
    const { status, json } = await printed(100_001);
    expect([status, json.error, json.message]).toEqual([
      400,
      'limits.read.size',
      'Failed while reading stream: Max output size exceeded (100000 bytes)',
    ]);
  });

  test('both streams count for the limit of output', async () => {
    const printed = (bytes: number) => run(bash(`head -c 60000 /dev/zero | tr '\\0' x; head -c ${bytes} /dev/zero | tr '\\0' y >&2`));
    const { status, json } = await printed(40_000);
    expect([status, json.stdout.length, json.stderr.length]).toEqual([200, 60_000, 40_000]);
    expect((await printed(40_001)).json.error).toBe('limits.read.size');
  });

  test('an unknown image is not refused: the language alone decides what runs', async () => {
    const { status, json } = await run(bash('echo hi'), { body: { image: 'no-such/image:1.0' } });
    expect([status, json.stdout]).toEqual([200, 'hi\n']);
  });

  test('every refusal has an error and a message', async () => {
    await server.user('viewer:pw', 'viewer');
    const sent = { method: 'POST', path: '/run', body: { image: 'x', payload: bash('true') } };
    const refusals = [
      await server.send({ ...sent, login: 'viewer:pw' }),
      await server.send({ ...sent, login: '' }),
      await server.send({ ...sent, body: 'x'.repeat(2 ** 20 + 1) }),
      await run({ language: 'brainfork', files: [file('a', 'b')] }),
      await run(bash('sleep 60')),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([403, 401, 413, 400, 400]);
    for (const { json } of refusals) expect(json).toMatchObject({ error: expect.any(String), message: expect.stringMatching(/.../) });
  });

  test('the failure of a program is a 200; duration is in nanoseconds, memory in bytes, and the sandbox and the tools are named', async () => {
    const { status, headers, json } = await run(bash('sleep 0.3; exit 3'));
    expect([status, headers['content-type'], json.error]).toEqual([200, 'application/json', 'Exit code: 3']);
    expect(json.duration).toBeGreaterThan(300_000_000);
    expect(json.duration).toBeLessThan(3_000_000_000);
    expect(json.memory).toBeGreaterThan(500_000);
    expect(json).toMatchObject({ isolation: 'sandbox', tools: ['bash'] });
    expect((await server.send({ path: json.run })).json).toMatchObject({ isolation: 'sandbox', lane: 'code', exit_code: 3, attempt: 1 });
  });
});

describe('each run', () => {
  test('is separate: it sees nothing of an earlier one, has no network, and can write to its own folders only', async () => {
    expect((await run(bash('echo x > left; echo x > /tmp/left; echo x > /dev/shm/left; echo x > "$HOME/left"'))).json.error).toBe('');
    const seen = await run(
      bash('ls -A . /tmp /dev/shm "$HOME"; cat /proc/net/dev | tail -n +3 | cut -d: -f1; touch /usr/x /etc/x /x || true'),
    );
    expect(seen.json.stdout).not.toContain('left');
    expect(seen.json.stdout).toMatch(/\n *lo\n$/);
    expect(seen.json.stderr.match(/Read-only file system/g)).toHaveLength(3);
    const rights = await run(bash('grep -E "^(CapEff|NoNewPrivs)" /proc/self/status; df --output=size -k /tmp | tail -1'));
    expect(rights.json.stdout).toMatch(/^CapEff:\t0+\nNoNewPrivs:\t1\n *65536\n$/);
  });

  test.each([
    ['its end', 'exit 0'],
    ['its failure', 'exit 3'],
    ['its time is over', 'while :; do sleep 0.1; done'],
  ])('leaves no process and no file after %s', async (how, ending) => {
    const mark = `CODE${how.replaceAll(' ', '')}${process.pid}`;
    const script = `mkdir -p a/b; touch a/b/c; (setsid sh -c 'trap "" TERM HUP; while :; do sleep 0.1; done' ${mark} &); ${ending}`;
    await run(bash(script));
    expect(await leftAfter(2000, () => marked(mark))).toEqual([]);
    await until(
      () => workFiles(server),
      (names) => names.length === 0,
    );
  });
});

test('code may run for 15 seconds unless RUN_MAX_EXECUTION_TIME says otherwise', async () => {
  const { answer, tookMs } = await endless;
  expect([answer.status, answer.json.error]).toEqual([400, 'limits.execution_time']);
  expect(tookMs).toBeGreaterThan(14_900);
  expect(tookMs).toBeLessThan(20_000);
});
