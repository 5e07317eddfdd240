// Many followers of one run: they share one reader, each has every line once, and one that stalls delays no other.
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { begun, shellWith } from '../support/programs.js';
import { idOf, until } from '../support/restarts.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';
import { waitFor } from '../support/worker.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** Resolves once it is answered; nothing of the answer is read yet. */
async function follower(path: string, accept: string): Promise<IncomingMessage> {
  const asked = request(new URL(`${path}log/?follow=1`, server.url), { auth: adminLogin, agent: false, headers: { accept } }).end();
  return (await once(asked, 'response'))[0];
}

const textOf = async (answer: IncomingMessage) => Buffer.concat(await answer.toArray()).toString();
const isSaid = (event: string) => event.startsWith('event: stdout\n');
const dataOf = (event: string) => event.slice(event.indexOf('\ndata: ') + '\ndata: '.length).replaceAll('\ndata: ', '\n');
const saidIn = (events: string) => events.split('\n\n').filter(isSaid).map(dataOf).join('');

/** How many of the server's descriptors are open on the log of this run. */
function openLogs(path: string): number {
  const folder = `/proc/${server.pid}/fd`;
  const named = (name: string) => {
    try {
      return readlinkSync(`${folder}/${name}`);
    } catch {
      return '';
    }
  };
  return readdirSync(folder).filter((name) => named(name).endsWith(`/runs/${idOf(path)}/log`)).length;
}

test('each has every line once, through one descriptor, however fast it takes them', { timeout: 120_000 }, async () => {
  const bursts = 60;
  const script = `echo 0; ${waitFor('go')}; for i in $(seq ${bursts}); do seq "$i"00000 "$i"19999; sleep 0.02; done; ${waitFor('done')}`;
  const path = await begun(server, shellWith(script, []));
  const events = await Promise.all(Array.from({ length: 6 }, () => follower(path, 'text/event-stream')));
  const texts = await Promise.all(Array.from({ length: 2 }, () => follower(path, 'text/plain')));
  const stalled = await follower(path, 'text/event-stream');
  const heard = [...events.map(textOf), ...texts.map(textOf)];
  const put = (name: string) => server.send({ method: 'PUT', path: `${path}files/${name}`, body: '' });
  expect((await put('go')).status).toBe(201);
  await until(
    async () => (await server.send({ path: `${path}log/` })).text.endsWith(`\n${bursts}19999\n`),
    (isWritten) => isWritten,
  );
  expect(openLogs(path)).toBe(1);
  await put('done');
  let expected = '0\n';
  for (let burst = 1; burst <= bursts; burst++) for (let line = 0; line < 20_000; line++) expected += `${burst * 100_000 + line}\n`;
  const all = await Promise.all(heard);
  for (const one of all.slice(events.length)) expect(one === expected).toBe(true);
  for (const one of all.slice(0, events.length)) expect(saidIn(one) === expected).toBe(true);
  expect(saidIn(await textOf(stalled)) === expected).toBe(true);
  await until(
    () => openLogs(path),
    (left) => left === 0,
  );
});

/** What a client receives that writes these requests at once, on one connection. */
async function received(requests: string[]): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  const login = Buffer.from(adminLogin).toString('base64');
  for (const line of requests)
    socket.write(`${line}\r\nHost: localhost\r\nAuthorization: Basic ${login}\r\nAccept: text/event-stream\r\n\r\n`);
  return Buffer.concat(await socket.toArray()).toString();
}

/** The body of each chunked response. */
function bodies(answers: string): string[] {
  const found: string[] = [];
  for (let at = answers.indexOf('\r\n\r\n'); at >= 0; at = answers.indexOf('\r\n\r\n', at)) {
    let body = '';
    at += 4;
    for (;;) {
      const end = answers.indexOf('\r\n', at);
      const bytes = Number.parseInt(answers.slice(at, end), 16);
      body += answers.slice(end + 2, end + 2 + bytes);
      at = end + 2 + bytes + 2;
      if (!(bytes > 0)) break;
    }
    found.push(body);
  }
  return found;
}

const withoutState = (events: string) => events.replace(/event: state\n.*?\n\n/s, '');

test('each has the same events with the same ids, whenever it joins, resumes or pauses, and whatever its HTTP is', async () => {
  const script = `${waitFor('go')}; for i in $(seq 150); do echo "out $i"; [ $((i % 10)) -gt 0 ] || echo "err $i" >&2; sleep 0.01; done; ${waitFor('done')}`;
  const path = await begun(server, shellWith(script, []));
  const address = `${path}log/?follow=1`;
  const early = [await follower(path, 'text/event-stream'), await follower(path, 'text/event-stream')];
  const piped = received([`GET ${address} HTTP/1.1`, `GET ${address} HTTP/1.1\r\nConnection: close`]);
  const old = received([`GET ${address} HTTP/1.0`]);
  const headed = received([`HEAD ${address} HTTP/1.1`, `GET ${address} HTTP/1.1\r\nConnection: close`]);
  const heard = early.map(textOf);
  const put = (name: string) => server.send({ method: 'PUT', path: `${path}files/${name}`, body: '' });
  await put('go');
  for (let late = 0; late < 8; late++) {
    heard.push(textOf(await follower(path, 'text/event-stream')));
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  await until(
    async () => (await server.send({ path: `${path}log/` })).text.includes('err 150\n'),
    (isWritten) => isWritten,
  );
  await put('done');
  const whole = withoutState(await textOf(await follower(path, 'text/event-stream')));
  expect(saidIn(whole)).toContain('out 150\n');
  expect(whole).toMatch(/event: end\nid: end\ndata: [^\n]+\n\n$/);
  for (const one of [...(await Promise.all(heard)), ...bodies(await piped)]) expect(withoutState(one)).toBe(whole);
  expect(withoutState((await old).replace(/^.*?\r\n\r\n/s, ''))).toBe(whole);
  const [head, ...rest] = (await headed).split(/(?<=\r\n\r\n)/);
  expect(head).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  expect(bodies(rest.join('')).map(withoutState)).toEqual([whole]);
});
