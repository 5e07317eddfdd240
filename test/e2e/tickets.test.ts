// Tickets: what a browser asks without headers, by an address that is good for this alone, and that ends with the credentials behind it.
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUser, uriOf } from '../support/accounts.js';
import { ran, shell } from '../support/programs.js';
import { running } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { signIn } from '../support/sessions.js';
import { openLine } from '../support/web-socket.js';

let server: TestServer;
let run: string;
let live: string;
beforeAll(async () => {
  server = await startServer({ BASE_PATH: '/base', LOG_LEVEL: 'trace', LOG_FORMAT: 'json' });
  run = await ran(server, shell('echo said; echo left > "a b.txt"'));
  live = await running(server, shell('while :; do echo tick; sleep 0.2; done', { timeout: 60 }));
});
afterAll(() => server.stop());

const issued: string[] = [];
const ask = (path: string, headers: Record<string, string> = {}, login?: string) =>
  server.send({ method: 'POST', path: '/base/api/ticket/', body: { path }, headers, ...(login !== undefined && { login }) });

async function ticketFor(path: string, headers: Record<string, string> = {}, login?: string): Promise<string> {
  const { status, json, text } = await ask(path, headers, login);
  expect(status, text).toBe(200);
  issued.push(json.ticket);
  return json.ticket;
}

const plain = (path: string, more: object = {}) => server.send({ path, login: '', ...more });

describe('a ticket', () => {
  test.each(['output/', 'stdout/', 'stderr/?follow=0', 'log/?stream=stdout', 'archive/', 'files/a%20b.txt'])(
    'reads %s as often as is wanted',
    async (what) => {
      const path = `${run}${what}`;
      const { json, headers } = await ask(path);
      issued.push(json.ticket);
      expect(headers['cache-control']).toContain('no-store');
      expect(Math.abs(Date.parse(json.expires_at) - Date.now() - 12 * 3_600_000)).toBeLessThan(60_000);
      const address = `${path}${path.includes('?') ? '&' : '?'}-ticket=${json.ticket}`;
      const wanted = await server.send({ path });
      for (const at of [address, address.replace('/base/', '/')]) {
        const answer = await plain(at);
        if (what === 'archive/') expect([answer.status, answer.bytes.length]).toEqual([200, wanted.bytes.length]);
        else expect([answer.status, answer.text]).toEqual([200, wanted.text]);
        expect([answer.headers['referrer-policy'], answer.headers['cache-control']]).toEqual(['no-referrer', 'no-store']);
      }
      expect((await plain(address, { method: 'HEAD' })).status).toBe(200);
      if (/output|files/.test(what)) expect((await plain(address, { headers: { range: 'bytes=1-2' } })).status).toBe(206);
    },
  );

  test('is good at no other address, by no other method, and a browser is not asked for a password there', async () => {
    const path = `${run}output/`;
    const ticket = `-ticket=${await ticketFor(path)}`;
    const others = [
      ...[`${run}output?${ticket}`, `${run}output/?a=b&${ticket}`, `${run}log/?${ticket}`, `${live}log/?${ticket}`, `${run}?${ticket}`],
      ...[`${run}files/a%20b.txt?${ticket}`, `${path}?${ticket}x`, `${path}?-ticket=`, `/base/api/me/?${ticket}`],
    ];
    for (const other of others) expect([other, (await plain(other)).status]).toEqual([other, 401]);
    for (const other of [`${run}log/?${ticket}`, `${path}?${ticket}x`])
      expect((await plain(other)).headers['www-authenticate']).toBeUndefined();
    expect((await server.send({ path: `${run}log/?${ticket}` })).status).toBe(401);
    for (const method of ['PUT', 'DELETE'])
      expect((await plain(`${run}files/a%20b.txt?-ticket=${await ticketFor(`${run}files/a%20b.txt`)}`, { method })).status).toBe(401);
    expect((await plain(`${path}?${ticket}`)).status).toBe(200);
  });

  test('is no way to run an output as a script of a page of this server', async () => {
    const address = `${run}output/?-ticket=${await ticketFor(`${run}output/`)}`;
    const of = async (use: string) =>
      (await plain(address, { headers: { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': use } })).status;
    expect([await of('script'), await of('worker'), await of('video'), await of('document')]).toEqual([403, 403, 200, 200]);
  });

  test('opens one WebSocket', async () => {
    const path = `${live}attach/?tty=0`;
    const address = `${path}&-ticket=${await ticketFor(path)}`;
    const { socket, closed } = await openLine(server, address, { login: '', protocols: ['v5.channel.k8s.io'] });
    socket.close();
    await closed;
    await expect(openLine(server, address, { login: '', protocols: ['v5.channel.k8s.io'] })).rejects.toThrow('401');
    const events = '/base/api/event/?-run=01900000-0000-7000-8000-000000000000';
    await expect(openLine(server, `${events}&-ticket=${await ticketFor(events)}`, { login: '' })).rejects.toThrow('404');
    const open = await openLine(server, `/base/api/event/?-ticket=${await ticketFor('/base/api/event/')}`, { login: '' });
    await expect.poll(() => String(open.frames[0])).toContain('events.opened');
    open.socket.close();
    const { json } = await ask(path);
    issued.push(json.ticket);
    expect(Date.parse(json.expires_at) - Date.now()).toBeLessThanOrEqual(60_000);
  });

  test.each([
    '/api/run/',
    '/api/me/',
    'api/run/x/log/',
    'http://127.0.0.1/api/run/x/log/',
    '/api/run/x/log/?-ticket=pt_x',
    '/no/such',
    '/%zz',
  ])('is not given for %s', async (path) => {
    expect((await ask(path)).json).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  test('gives the rights of its caller, and no more', async () => {
    const stranger = await newUser(server, 'runner');
    const path = `${run}output/`;
    expect((await plain(`${path}?-ticket=${await ticketFor(path, {}, `${stranger}:pw`)}`)).status).toBe(404);
    const viewer = await newUser(server, 'viewer');
    const attach = `${live}attach/`;
    expect((await plain(`${attach}?-ticket=${await ticketFor(attach, {}, `${viewer}:pw`)}`)).status).toBe(403);
  });
});

describe('a ticket and what is open with it end', () => {
  const patch = async (name: string, body: object) => server.send({ method: 'PATCH', path: await uriOf(server, name), body });
  type Made = { headers: Record<string, string>; end: () => Promise<unknown> };

  test.each<[string, (name: string) => Promise<Made>]>([
    [
      'with the session that made it',
      async (name) => {
        const headers = await signIn(server, `${name}:pw`);
        return { headers, end: () => plain('/api/session/', { method: 'DELETE', headers }) };
      },
    ],
    [
      'with the token that made it',
      async (name) => {
        const { json } = await server.send({ method: 'POST', path: '/api/token/', body: { name: 'one' }, login: `${name}:pw` });
        const end = () => server.send({ method: 'DELETE', path: `/api/token/${json.id}/`, login: `${name}:pw` });
        return { headers: { authorization: `Bearer ${json.token}` }, end };
      },
    ],
    [
      'with the password that made it',
      async (name) => ({
        headers: { authorization: `Basic ${Buffer.from(`${name}:pw`).toString('base64')}` },
        end: () => patch(name, { password: 'new' }),
      }),
    ],
    [
      'when the user gets a lower role',
      async (name) => ({ headers: await signIn(server, `${name}:pw`), end: () => patch(name, { role: 'viewer' }) }),
    ],
  ])('%s', async (_how, make) => {
    const { headers, end } = await make(await newUser(server, 'admin'));
    const path = `${live}log/?follow=1`;
    const address = `${path}&-ticket=${await ticketFor(path, headers, '')}`;
    const answer = await fetch(server.url + address);
    const reader = answer.body!.getReader();
    await reader.read();
    const drain = async () => {
      while (!(await reader.read()).done);
    };
    const over = drain().catch(() => {});
    await end();
    expect(await Promise.race([over.then(() => 'over'), sleep(5000, 'open')])).toBe('over');
    expect((await plain(address)).status).toBe(401);
  });

  test('before it is given, where the password is changed meanwhile', async () => {
    const name = await newUser(server, 'author');
    const body = new Readable({ read() {} });
    body.push(' ');
    const headers = { 'content-type': 'application/json' };
    const asked = server.send({ method: 'POST', path: '/api/ticket/', headers, login: `${name}:pw`, body });
    await sleep(500);
    const cut = expect(asked).rejects.toThrow('socket hang up');
    await patch(name, { password: 'new' });
    body.push(JSON.stringify({ path: `${run}output/` }));
    body.push(null);
    await cut;
  });
});

test('no ticket is in the log', async () => {
  await plain(`/base/nowhere/${issued[0]}/x?-ticket=${issued[0]}`);
  await expect.poll(() => server.said()).toContain('/nowhere/pt_***/x');
  expect(issued.length).toBeGreaterThan(8);
  for (const ticket of issued) expect(server.said()).not.toContain(ticket);
});
