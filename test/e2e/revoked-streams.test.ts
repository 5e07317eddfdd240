// Open connections of a user are closed when their credentials are no longer valid, in whatever way they end; its runs keep running.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUser, uriOf } from '../support/accounts.js';
import { servingJob } from '../support/jobs.js';
import { bridged, type Caller, eventsOf, kindsOfStreams, type Open, routed, runOf } from '../support/open-streams.js';
import { shell } from '../support/programs.js';
import { until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { attach, made } from '../support/web-socket.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ CALLBACK_HOSTS: '127.0.0.1' });
});
afterAll(() => server.stop());

const closedWithinMs = 5000;

async function caller(role = 'author'): Promise<Caller> {
  const name = await newUser(server, role);
  return { server, login: `${name}:pw` };
}

const nameOf = ({ login }: Caller) => login.slice(0, login.indexOf(':'));

async function patch(who: Caller, body: object): Promise<void> {
  const { status, text } = await server.send({ method: 'PATCH', path: await uriOf(server, nameOf(who)), body });
  expect(status, text).toBe(200);
}

async function expectClosed(open: Open, what: string): Promise<void> {
  const late = sleep(closedWithinMs, 'open', { ref: false });
  expect(await Promise.race([open.over.then(() => 'closed'), late]), what).toBe('closed');
}

/** Not by what was changed. */
async function expectOpen(open: Open): Promise<void> {
  expect(await Promise.race([open.over.then(() => 'closed'), sleep(closedWithinMs, 'open')])).toBe('open');
}

describe.concurrent('a disabled user loses', { timeout: 60_000 }, () => {
  test.each(kindsOfStreams)('%s', async (kind, open) => {
    const who = await withToken(await caller());
    const opened = await open(who);
    await Promise.race([opened.begun, sleep(4000)]);
    await patch(who, { disabled: true });
    await sleep(100);
    const before = opened.bytes();
    await expectClosed(opened, kind);
    expect(opened.bytes()).toBe(before);
  });

  test('a job’s WebSocket that was joined with one elsewhere', async () => {
    const who = await caller('admin');
    const opened = await bridged(who, await servingJob(server));
    await patch(who, { disabled: true });
    await expectClosed(opened, 'the bridge');
  });

  test('the connection of a router', async () => {
    const who = await withToken(await caller());
    const opened = await routed(who);
    await patch(who, { disabled: true });
    await expectClosed(opened, 'the router');
  });
});

const events = kindsOfStreams[0][1];

async function withToken(who: Caller, more: object = {}): Promise<Caller & { tokenPath: string }> {
  const { json } = await server.send({ method: 'POST', path: '/api/token/', body: { name: 'one', ...more }, login: who.login });
  return { ...who, token: json.token, tokenPath: `/api/token/${json.id}/` };
}

describe.concurrent('the streams of a user', { timeout: 60_000 }, () => {
  test.each<[string, (who: Caller) => Promise<unknown>]>([
    ['their user is demoted', (who) => patch(who, { role: 'viewer' })],
    ['an admin changes the password', (who) => patch(who, { password: 'another' })],
    ['an admin changes the name', (who) => patch(who, { username: `${nameOf(who)}-new` })],
    ['their user is removed', async (who) => server.send({ method: 'DELETE', path: await uriOf(server, nameOf(who)) })],
  ])('end when %s', async (what, change) => {
    const who = await caller();
    const opened = await events(who);
    await opened.begun;
    await change(who);
    await expectClosed(opened, what);
  });

  test('end when their user changes the password, which is still answered', async () => {
    const who = await caller();
    const opened = await events(who);
    await opened.begun;
    const { status } = await server.send({ method: 'PATCH', path: '/api/me/', body: { password: 'another' }, login: who.login });
    expect(status).toBe(200);
    await expectClosed(opened, 'the password');
  });

  test('end when their token is removed, while those of the password and of other tokens stay open', async () => {
    const who = await withToken(await caller());
    const other = await withToken(who);
    const [ends, ...stay] = [await events(who), await events(other), await events({ ...who, token: undefined })];
    await Promise.all([ends, ...stay].map(({ begun }) => begun));
    expect((await server.send({ method: 'DELETE', path: who.tokenPath, login: who.login })).status).toBe(204);
    await expectClosed(ends, 'the token');
    await Promise.all(stay.map(expectOpen));
  });

  test('that were opened with a token stay open when the password is changed', async () => {
    const who = await withToken(await caller());
    const opened = await events(who);
    await opened.begun;
    await patch(who, { password: 'another' });
    await expectOpen(opened);
  });

  test('stay open when the user is promoted, and when another user is disabled', async () => {
    const [who, other] = [await caller('author'), await caller('author')];
    const stay = [await events(who), await events(other)];
    await Promise.all(stay.map(({ begun }) => begun));
    await patch(who, { role: 'admin' });
    await patch(await caller(), { disabled: true });
    await Promise.all(stay.map(expectOpen));
  });
});

test('streams end when their token expires, and not before', { timeout: 60_000 }, async () => {
  const base = await caller();
  const run = await runOf(base);
  const untilMs = Date.now() + 8000;
  const who = await withToken(base, { expires_at: new Date(untilMs).toISOString() });
  const longAfter = await withToken(base, { expires_at: new Date(untilMs + 100 * 86_400_000).toISOString() });
  const [ends, stays] = [who, longAfter].map((one) => eventsOf(one, run));
  const router = await routed(who);
  await Promise.all([ends.begun, stays.begun]);
  const closedAtMs = await Promise.all([ends.over, router.over].map((over) => over.then(() => Date.now())));
  for (const atMs of closedAtMs) expect(atMs).toBeGreaterThanOrEqual(untilMs);
  for (const atMs of closedAtMs) expect(atMs).toBeLessThan(untilMs + closedWithinMs);
  await expectOpen(stays);
});

describe('a run', { timeout: 60_000 }, () => {
  test('keeps running when a connection was closed for its credentials, also one that typed to it', async () => {
    const who = await caller('admin');
    const typed = await made(server, { ...shell('cat'), interactive: true, start: false }, who.login);
    const line = await attach(server, typed, { login: who.login });
    line.type('x\n');
    await line.shows('x');
    const run = await runOf(who);
    await patch(who, { password: 'another' });
    expect(await line.closed).toMatchObject({ code: 1008, reason: 'the credentials are no longer valid' });
    await sleep(500);
    for (const path of [typed, run]) expect((await server.send({ path })).json.state).toBe('running');
  });

  test('is stopped with "stop": true, which goes with "disabled": true', async () => {
    const [who, other] = [await caller(), await caller()];
    const [run, stays] = [await runOf(who), await runOf(other)];
    const path = await uriOf(server, nameOf(who));
    for (const body of [{ stop: true }, { stop: true, disabled: false }])
      expect((await server.send({ method: 'PATCH', path, body })).status).toBe(400);
    await patch(who, { disabled: true, stop: true });
    const ended = await until(
      async () => (await server.send({ path: run })).json,
      ({ state }) => state === 'finished',
    );
    expect(ended).toMatchObject({ end_reason: 'stop', error: expect.stringContaining('is disabled') });
    expect((await server.send({ path: stays })).json.state).toBe('running');
  });
});
