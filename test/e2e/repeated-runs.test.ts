// Runs and messages under an Idempotency-Key, by every interface: they come once, also when the run has ended or its service has stopped.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bash } from '../support/code.js';
import { type Answer, multipart, type Sent } from '../support/http.js';
import { defined, runsOf, shell } from '../support/programs.js';
import { endOf, until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const keyed = (key: string, { headers, ...sent }: Sent): Promise<Answer> =>
  server.send({ method: 'POST', ...sent, headers: { ...headers, 'idempotency-key': key } });
const allRuns = async () => (await server.send({ path: '/api/run/?limit=0' })).json.meta.total_count as number;

describe('a repeated request of an older system', () => {
  const command = (script: string) => multipart([['data', JSON.stringify({ cmd: ['/bin/sh', '-c', script] })]]);
  const cases: [name: string, sent: () => Promise<Sent>, status: number, text: string | RegExp][] = [
    ['/run', async () => ({ path: '/run', body: { image: 'x', payload: bash('echo hi') } }), 200, /"stdout":"hi\\n"/],
    ['/process', async () => ({ path: '/process', ...(await command('echo hi')) }), 200, 'hi\n'],
    ['/process, whose command fails', async () => ({ path: '/process', ...(await command('exit 3')) }), 400, /"exit_code":3/],
    ['/jobs/create', async () => ({ path: '/jobs/create', body: { agent: { type: 'uid', uid: 'local' }, name: 'j' } }), 200, /"name":"j"/],
  ];

  test.each(cases)('at %s runs once and is answered as before', async (name, sent, status, text) => {
    const before = await allRuns();
    const [first, second] = [await keyed(name, await sent()), await keyed(name, await sent())];
    expect([first.status, first.text]).toEqual([status, typeof text === 'string' ? text : expect.stringMatching(text)]);
    expect([second.status, second.text, second.headers['run-id']]).toEqual([first.status, first.text, first.headers['run-id']]);
    expect(await allRuns()).toBe(before + 1);
  });
});

describe('a service', () => {
  const service = (more: object = {}) => shell('while read line; do echo "$line"; done', { process_type: 'service', ...more });
  const stop = async (run: string) => {
    await server.send({ method: 'POST', path: `${run}stop/` });
    await endOf(server, run);
  };

  test('that has stopped is not started again by a repetition, which gets the former run', async () => {
    const definition = await defined(server, service());
    const requests: Sent[] = [
      { path: `${definition}execute/`, body: 'hello' },
      { path: `${definition}execute/` },
      { path: '/api/run/', body: { definition } },
      { path: '/api/run/', body: { definition, message: 'hello' } },
    ];
    const send = () => Promise.all(requests.map((sent, index) => keyed(`service ${index}`, sent)));
    const first = await send();
    const [run] = await runsOf(server, definition);
    await expect.poll(async () => (await keyed('service 3', requests[3])).status).toBe(first[3].status);
    await stop(run.resource_uri);
    const second = await send();
    expect(second.map(({ status, json }) => [status, json.id])).toEqual(first.map(({ status }) => [status, run.id]));
    expect(await runsOf(server, definition)).toHaveLength(1);
    expect((await server.send({ method: 'DELETE', path: run.resource_uri })).status).toBe(204);
    for (const { status, json, headers } of await send()) expect([status, json.code, headers['run-id']]).toEqual([410, 'run_gone', run.id]);
    expect(await runsOf(server, definition)).toEqual([]);
  });

  test('gets a message to its run once, also when the repetition comes after its end', async () => {
    const definition = await defined(server, service());
    const { json } = await server.send({ method: 'POST', path: `${definition}execute/` });
    const message = { path: `${json.resource_uri}message/`, body: 'hello' };
    for (let time = 0; time < 2; time++) expect((await keyed('message', message)).status).toBe(202);
    expect((await keyed('message', { ...message, body: 'other' })).json.code).toBe('idempotency_mismatch');
    const log = async () => (await server.send({ path: `${json.resource_uri}log/?stream=stdout` })).text;
    // handed over is not yet answered
    await until(log, (text) => text.includes('hello'));
    await stop(json.resource_uri);
    expect(await keyed('message', message)).toMatchObject({ status: 202, json: { id: json.id, state: 'finished' } });
    expect((await keyed('new', message)).json.code).toBe('wrong_state');
    expect((await log()).match(/hello/g)).toHaveLength(1);
  });
});
