// /api/event/: every change is an event, with as much of the object as all who may see it may know.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeTypes } from '../../src/events/change.js';
import { type EventsHeard, readEvents, shortOf } from '../support/event-stream.js';
import { defined, ran, shell } from '../support/programs.js';
import { idOf, running, until } from '../support/restarts.js';
import { adminLogin, projectRoot, startServer, type TestServer } from '../support/server.js';
import { service, startService } from '../support/services.js';
import { made } from '../support/web-socket.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const noMessage = { input_adapter: { input_type: 'none' } };
const numberOf = (path: string) => path.split('/').at(-2) as string;

async function send(method: string, path: string, body?: unknown) {
  const answer = await server.send({ method, path, body });
  expect(answer.status, answer.text).toBeLessThan(300);
  return answer;
}

describe('each change is an event:', () => {
  let all: EventsHeard;
  beforeAll(async () => {
    all = await readEvents(server);
  });
  afterAll(() => all.leave());

  const created = async (path: string, body: object) => numberOf((await send('POST', path, body)).headers.location as string);
  const reader = { username: 'reader', password: 'pw', role: 'viewer' };

  test.each<[string, string[], () => Promise<{ subject: string; source: string; data: object }>]>([
    [
      'definitions',
      ['definition.created', 'definition.changed', 'definition.removed'],
      async () => {
        const path = await defined(server, { name: 'told', ...shell('true', { environment: { KEY: 'hidden' } }) });
        await send('PUT', path, { definition: { name: 'told', ...shell('true', { visibility: 'shared' }) } });
        await send('DELETE', path);
        const data = { id: Number(numberOf(path)), name: 'told', owner: 'admin' };
        return { subject: numberOf(path), source: '/api/process_definition/', data };
      },
    ],
    [
      'runs',
      ['run.created', 'run.started', 'run.finished', 'run.removed'],
      async () => {
        const run = await ran(server, { name: 'runs', ...shell('true', noMessage) });
        await send('DELETE', run);
        return { subject: idOf(run), source: '/api/run/', data: { id: idOf(run), definition_name: 'runs', owner: 'admin' } };
      },
    ],
    [
      'runs that are stopped before they start',
      ['run.created', 'run.finished'],
      async () => {
        const run = await made(server, { ...shell('true'), start: false });
        await send('POST', `${run}stop/`);
        return { subject: idOf(run), source: '/api/run/', data: { id: idOf(run), owner: 'admin' } };
      },
    ],
    [
      'services',
      ['run.created', 'run.started', 'service.ready', 'run.stopping', 'run.finished', 'service.stopped'],
      async () => {
        const { run } = await startService(server, service('while read -r line; do echo "$line"; done'));
        await all.hears('service.ready', idOf(run));
        await send('POST', `${run}stop/`);
        return { subject: idOf(run), source: '/api/run/', data: { id: idOf(run), owner: 'admin' } };
      },
    ],
    [
      'bindings',
      ['binding.created', 'binding.changed', 'binding.removed'],
      async () => {
        const definition = await defined(server, shell('cat'));
        const id = await created('/api/binding/', { definition, input: { bus: 'memory', stream: 'told' } });
        await send('PATCH', `/api/binding/${id}/`, { enabled: false });
        await send('DELETE', `/api/binding/${id}/`);
        return { subject: id, source: '/api/binding/', data: { id: Number(id), owner: 'admin', input: { bus: 'memory', stream: 'told' } } };
      },
    ],
    [
      'lanes',
      ['lane.changed'],
      async () => {
        await send('PATCH', '/api/lane/cpu/', { limit: 3 });
        return { subject: 'cpu', source: '/api/lane/', data: { name: 'cpu', limit: 3 } };
      },
    ],
    [
      'users',
      ['user.created', 'user.changed', 'user.removed'],
      async () => {
        const id = await created('/api/user/', reader);
        await send('PATCH', `/api/user/${id}/`, { password: 'another' });
        await send('DELETE', `/api/user/${id}/`);
        return { subject: id, source: '/api/user/', data: { id: Number(id), username: 'reader', role: 'viewer', disabled: false } };
      },
    ],
    [
      'tokens',
      ['token.created', 'token.removed'],
      async () => {
        const id = await created('/api/token/', { name: 'secret name' });
        await send('DELETE', `/api/token/${id}/`);
        return { subject: id, source: '/api/token/', data: { id: Number(id), owner: 'admin' } };
      },
    ],
  ])('%s', async (_what, types, act) => {
    const before = all.heard().length;
    const { subject, source, data } = await act();
    await all.hears(types.at(-1) as string, subject);
    const told = all.heard().slice(before);
    const own = told.filter((event) => event.json.source === source && event.json.subject === subject);
    expect(own.map(shortOf)).toEqual(types);
    for (const { name, resume, json } of own) {
      expect(name).toBeUndefined();
      expect(json).toMatchObject({ specversion: '1.0', id: resume, datacontenttype: 'application/json', data });
      expect(Math.abs(Date.now() - Date.parse(json.time))).toBeLessThan(30_000);
    }
    expect(JSON.stringify(told)).not.toMatch(/hidden|another|secret/);
  });

  test('a run says how it ended, and not what it was given', async () => {
    const run = await ran(server, shell('exit 0', noMessage));
    const { json } = await all.hears('run.finished', idOf(run));
    const { id, definition_id, definition_name, revision, owner, lane, state, attempt, ...end } = json.data;
    expect([id, definition_name, revision, owner, lane, state, attempt]).toEqual([idOf(run), null, 1, 'admin', 'io', 'finished', 1]);
    expect(definition_id).toBeGreaterThan(0);
    expect(end).toEqual({ end_reason: 'exit', exit_code: 0, signal: null, success: true });
  });

  test('waiting runs are queued, and a list that is replaced is told one by one', async () => {
    await send('PATCH', '/api/lane/cpu/', { limit: 1 });
    const path = await running(server, shell('sleep 60', { lane: 'cpu', ...noMessage }));
    const waits = (await server.send({ method: 'POST', path: '/api/run/', body: { ...shell('true'), lane: 'cpu' } })).json.id;
    await all.hears('run.queued', waits);
    await send('POST', `${path}stop/`);
    await all.hears('run.finished', waits);
    const before = all.heard().length;
    await send('DELETE', '/api/process_definition/');
    await send('PUT', '/api/process_definition/', { objects: [{ definition: { name: 'one', ...shell('true') } }] });
    await all.hears('definition.created', undefined);
    const created = await until(
      () => all.heard().slice(before),
      (events) => events.some((event) => event.json.data.name === 'one'),
    );
    expect(created.map(shortOf).filter((type) => type === 'definition.removed').length).toBeGreaterThan(0);
  });
});

test('the example of the page on events says what it promises', async () => {
  const page = readFileSync(join(projectRoot, 'docs/behaviour/events.md'), 'utf8');
  const [, commands, said] = /```sh\n(.*?)```\n\n```\n(.*?)```/s.exec(page) as RegExpExecArray;
  const env = { PATH: process.env.PATH, LOGIN: adminLogin, URL: server.url };
  expect((await promisify(execFile)('bash', ['--norc', '-c', commands], { env })).stdout).toBe(said);
});

test('the page on events names every type', () => {
  const page = readFileSync(join(projectRoot, 'docs/behaviour/events.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell]) => [...cell.matchAll(/`([a-z.]+)`/g)].map(([, type]) => type));
  const kinds = new Map<string, string>();
  const named = rows.map((type) => {
    if (!type.startsWith('.')) kinds.set('last', type.split('.')[0]);
    return type.startsWith('.') ? `${kinds.get('last')}${type}` : type;
  });
  expect(named).toEqual(expect.arrayContaining([...changeTypes]));
});
