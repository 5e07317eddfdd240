// Jobs in the sandbox: which ones get it by default, and that their ports and files work in it as outside of it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobServer, newJob, runOf } from '../support/jobs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const ann = 'ann:ann-password';
const binary = { 'content-type': 'application/octet-stream' };

describe.each([
  ['of an author, unasked', {}, ann],
  ['of an author, with ISOLATION=sandbox', { ISOLATION: 'sandbox' }, ann],
  ['of an admin, with ISOLATION=sandbox', { ISOLATION: 'sandbox' }, adminLogin],
])('a job %s', (_whose, settings, login) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(settings);
    await server.user(ann, 'author');
  });
  afterAll(async () => {
    await server.stop();
  });

  const get = (path: string) => server.send({ path, login });
  const post = (path: string, body?: unknown) => server.send({ method: 'POST', path, login, body });

  test('announces its port and is reached by requests', async () => {
    const job = await newJob(server, { name: 'served', login });
    const put = { method: 'POST', path: `${job}/file/job_server.py`, login, headers: binary, body: jobServer };
    expect((await server.send(put)).status).toBe(200);
    const started = await post(`${job}/start`, { args: ['python3', 'job_server.py'], env: {} });
    expect([started.status, started.json.state], started.text).toEqual([200, 'RUNNING']);
    expect((await get(runOf(job))).json.isolation).toBe('sandbox+network');
    expect((await get(`${job}/http/`)).status).toBeLessThan(500);
    expect((await post(`${job}/remove`)).json.state).toBe('RUNNING');
  });

  test('reads uploaded files, leaves files to download, and sees nothing of other jobs', async () => {
    const job = await newJob(server, { name: 'quiet', login });
    await server.send({ method: 'POST', path: `${job}/file/in/given`, login, headers: binary, body: 'given' });
    const script = 'cat in/given > left; cat /etc/shadow > stolen || rm stolen';
    const start = await post(`${job}/start`, { args: ['/bin/sh', '-c', script], env: {}, port_expected_count: 0 });
    expect(start.status, start.text).toBe(200);
    expect((await post(`${job}/wait`)).json.state).toBe('FINISHED');
    expect((await get(`${job}/file/left`)).text).toBe('given');
    expect((await get(`${job}/file/stolen`)).status).toBe(404);
    const { bytes } = await get(`${job}/archive`);
    for (const name of ['in/', 'in/given', 'left']) expect(bytes.includes(`${name}\0`)).toBe(true);
  });
});

test('a job of an admin runs outside of the sandbox, as other runs of admins do', async () => {
  const server = await startServer();
  const job = await newJob(server);
  const body = { args: ['/bin/true'], env: {}, port_expected_count: 0 };
  await server.send({ method: 'POST', path: `${job}/start`, body });
  await server.send({ method: 'POST', path: `${job}/wait` });
  expect((await server.send({ path: runOf(job) })).json.isolation).toBe('pidns');
  await server.stop();
});
