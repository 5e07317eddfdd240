// What no other file checks of pRouter's recorded answers: headers, what a removal leaves, the environment of a job, the proxy's headers.
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newJob, remove, servingJob, start, startQuiet, upload, waitFor } from '../support/jobs.js';
import { workFiles } from '../support/process-api.js';
import { leftAfter, marked } from '../support/processes.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server.stop();
});

const get = (path: string) => server.send({ path });
const stdoutOf = async (job: string) => (await get(`${job}/file/.pagent.stdout`)).text;

test('every answer says that it must not be cached', async () => {
  const job = await servingJob(server);
  const other = await newJob(server);
  const tar = { 'content-type': 'application/octet-stream' };
  const asked: [string, string, number, object?][] = [
    ['GET', '/info', 200],
    ['GET', '/connections', 200],
    ['POST', '/jobs/create', 400, { body: {} }],
    ['POST', `${job}/start`, 409, { body: { args: ['true'], env: {} } }],
    ['GET', `${job}/info`, 200],
    ['POST', `${job}/info`, 405],
    ['POST', `${other}/wait`, 200],
    ['GET', `${job}/http/`, 200],
    ['GET', `${job}/http/no_such_path`, 404],
    ['GET', `${other}/http/`, 502],
    ['POST', `${job}/file/x`, 200, { headers: tar, body: 'x' }],
    ['GET', `${job}/file/x`, 200],
    ['GET', `${job}/file/none`, 404],
    ['GET', `${job}/archive`, 200],
    ['POST', `${job}/archive`, 400, { headers: tar, body: 'no tar'.repeat(200) }],
    ['GET', `${other}/nothing`, 404],
    ['GET', `/jobs/ghost/${'0'.repeat(32)}/info`, 404],
    ['GET', `/job_started?job_id=${'0'.repeat(32)}&port=1`, 400],
    ['POST', `${other}/remove`, 200],
    ['POST', `${job}/remove`, 200],
    ['GET', `${job}/info`, 404],
  ];
  for (const [method, path, expected, more] of asked) {
    const { status, headers } = await server.send({ method, path, ...more });
    expect([method, path, status, headers['cache-control'], headers.expires]).toEqual([
      method,
      path,
      expected,
      'no-store, must-revalidate',
      '0',
    ]);
  }
});

describe('a job', () => {
  test('that has ended is answered at once when it is waited for', async () => {
    const job = await newJob(server);
    await startQuiet(server, job, 'exit 3');
    for (const _time of [1, 2]) expect((await waitFor(server, job)).state).toBe('FINISHED');
    expect((await get(`${job}/info`)).json.state).toBe('FINISHED');
    await remove(server, job);
  });

  test('is killed by its removal with all its child processes, and its folder is removed', async () => {
    const job = await newJob(server);
    const mark = `REMOVED${process.pid}`;
    await upload(server, job, 'in/here', 'x');
    const child = `trap "" TERM HUP; while :; do sleep 0.1; done`;
    await startQuiet(server, job, `(setsid sh -c '${child}' &); trap "" TERM; echo ready; while :; do sleep 0.1; done`, { env: { mark } });
    await expect.poll(() => stdoutOf(job)).toBe('ready\n');
    expect(marked(mark).length).toBeGreaterThan(1);
    expect(workFiles(server).filter((name) => name.endsWith('/in/here'))).toHaveLength(1);
    expect((await remove(server, job)).state).toBe('RUNNING');
    expect(await leftAfter(2000, () => marked(mark))).toEqual([]);
    await expect.poll(() => workFiles(server).filter((name) => name.endsWith('/in/here'))).toEqual([]);
  });

  test('that does not listen gets a clean environment and its own variables, and no address for a call-back', async () => {
    const job = await newJob(server);
    await start(server, job, ['/usr/bin/env'], { env: { OWN: 'a b' }, port_expected_count: 0 });
    await waitFor(server, job);
    const lines = (await stdoutOf(job)).trim().split('\n').sort();
    expect(lines.map((line) => line.split('=')[0])).toEqual(['HOME', 'OWN', 'PATH', 'TMPDIR', 'TRACEPARENT']);
    expect(lines[1]).toBe('OWN=a b');
  });

  test('that is to listen gets the address for its call-back and its own uid as variables', async () => {
    const job = await newJob(server);
    const starting = start(server, job, ['/bin/sh', '-c', 'env | grep ^DA__PAGENT__ | sort; exec sleep 60']);
    const lines = [`DA__PAGENT__JOB_ENDPOINT=${server.url}/job_started`, `DA__PAGENT__JOB_ID=${job.split('/')[3]}`];
    await expect.poll(() => stdoutOf(job)).toBe(`${lines.join('\n')}\n`);
    expect((await get(`${job}/info`)).json.state).toBe('PENDING');
    expect((await server.send({ path: '/job_started?port=80', login: '' })).status).toBe(400);
    await remove(server, job);
    expect((await starting).status).toBeGreaterThanOrEqual(400);
  });

  test('runs in a folder that does not exist yet: it is created', async () => {
    const job = await newJob(server);
    expect((await startQuiet(server, job, 'echo x > left', { cwd: 'not/there/yet' })).status).toBe(200);
    await waitFor(server, job);
    expect((await get(`${job}/file/not/there/yet/left`)).text).toBe('x\n');
  });

  test('has its stdout as a file also when it is to be forwarded', async () => {
    const job = await newJob(server);
    await startQuiet(server, job, 'echo said; echo wrong >&2', { forward_stdout: true });
    await waitFor(server, job);
    expect([await stdoutOf(job), (await get(`${job}/file/.pagent.stderr`)).text]).toEqual(['said\n', 'wrong\n']);
  });

  test.each(['PUT', 'PATCH', 'DELETE'])('does not offer %s for its files: a 405 names the methods that it does', async (method) => {
    const job = await newJob(server);
    await upload(server, job, 'x', 'kept');
    const headers = { 'content-type': 'application/octet-stream' };
    const answer = await server.send({ method, path: `${job}/file/x`, headers, body: 'other' });
    expect([answer.status, answer.headers.allow]).toEqual([405, expect.stringMatching(/GET.*POST/)]);
    expect((await get(`${job}/file/x`)).text).toBe('kept');
  });
});

describe('the proxy to a job', () => {
  let job: string;
  beforeAll(async () => {
    job = await servingJob(server);
  });
  afterAll(async () => {
    await remove(server, job);
  });

  test('forwards the headers of the request, also the Host of this server', async () => {
    const { json } = await server.send({ path: `${job}/http/told`, headers: { TestHeader: 'in', Accept: 'text/x' } });
    const told = Object.fromEntries(json.headers.map(([name, value]: [string, string]) => [name.toLowerCase(), value]));
    expect(told).toMatchObject({ host: new URL(server.url).host, testheader: 'in', accept: 'text/x', 'x-forwarded-prefix': `${job}/http` });
    expect(told).not.toHaveProperty('authorization');
  });

  test('sets Cache-Control itself, and announces the length of an answer in one way only', async () => {
    const set = encodeURIComponent(
      JSON.stringify([
        ['Cache-Control', 'max-age=9'],
        ['Expires', 'Thu, 01 Dec 2033 16:00:00 GMT'],
      ]),
    );
    const { headers, text } = await get(`${job}/http/headers?set=${set}`);
    expect([headers['cache-control'], headers.expires]).toEqual(['no-store, must-revalidate', '0']);
    expect([headers['content-length'], headers['transfer-encoding']]).toEqual([String(text.length), undefined]);
  });

  test('leaves a compressed answer compressed', async () => {
    const { headers, bytes } = await server.send({ path: `${job}/http/zipped`, headers: { 'accept-encoding': 'gzip' } });
    expect([headers['content-encoding'], bytes.readUInt16BE(0)]).toEqual(['gzip', 0x1f8b]);
  });

  test('streams in both directions: each piece arrives when it is written', async () => {
    const own = await newJob(server);
    const script = `
import http.server, os, urllib.request
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.send_response(200)
        self.end_headers()
        while size := int(self.rfile.readline(), 16):
            self.wfile.write(self.rfile.read(size).upper())
            self.wfile.flush()
            self.rfile.readline()
server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
urllib.request.urlopen('%s?job_id=%s&port=%d' % (os.environ['DA__PAGENT__JOB_ENDPOINT'], os.environ['DA__PAGENT__JOB_ID'], server.server_port))
server.serve_forever()`;
    expect((await start(server, own, ['python3', '-c', script])).json.state).toBe('RUNNING');
    const authorization = `Basic ${Buffer.from(adminLogin).toString('base64')}`;
    const outgoing = request(`${server.url}${own}/http/`, { method: 'POST', headers: { authorization }, agent: false });
    let heard = '';
    outgoing.once('response', (incoming) => incoming.on('data', (chunk) => (heard += chunk)).once('end', () => (heard += ' and no more')));
    for (const word of ['one', 'two', 'three']) {
      outgoing.write(word);
      await expect.poll(() => heard).toContain(word.toUpperCase());
    }
    outgoing.end();
    await expect.poll(() => heard).toBe('ONETWOTHREE and no more');
    await remove(server, own);
  });
});
