// What a real browser sends of a session, and what it lets the page of a program do.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ran, shell } from '../support/programs.js';
import { serving, webServer } from '../support/proxied.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let thief: Server;
const stolen: IncomingHttpHeaders[] = [];

const urlOf = (one: Server) => `http://127.0.0.1:${(one.address() as AddressInfo).port}/`;

beforeAll(async () => {
  server = await startServer();
  thief = createServer(({ headers }, answer) => {
    stolen.push(headers);
    answer.end('<!doctype html><p>a program on another port</p>');
  }).listen(0, '127.0.0.1');
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
  context = await browser.newContext();
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(`${server.url}/docs`);
  // a page of this server signs in, and keeps its key
  await page.evaluate(`(async () => {
    const headers = { 'X-Session-Key': '', 'Content-Type': 'application/json' };
    const sent = { method: 'POST', headers, body: JSON.stringify({ username: 'admin', password: 'secret' }) };
    localStorage.setItem('key', (await (await fetch('/api/session/', sent)).json()).key);
    window.ask = (path, more = {}) => fetch(path, { ...more, headers: { 'X-Session-Key': localStorage.getItem('key'), 'Content-Type': 'application/json' } });
  })()`);
});

afterAll(async () => {
  await browser.close();
  thief.close();
  await server.stop();
});

/** What a page of this server is answered as JSON. */
const asked = (path: string, method = 'GET', body?: object): Promise<Record<string, string>> =>
  page.evaluate(
    `ask(${JSON.stringify(path)}, { method: '${method}', body: ${JSON.stringify(body && JSON.stringify(body))} }).then((answer) => answer.json())`,
  );

test('A server on another port gets the cookie and nothing else, and cannot make one authenticated request', async () => {
  expect((await asked('/api/me/')).username).toBe('admin');
  const elsewhere = await context.newPage();
  await elsewhere.goto(urlOf(thief));
  expect(await elsewhere.evaluate('localStorage.length')).toBe(0);
  expect(stolen[0].cookie).toContain(`procreg_session_${new URL(server.url).port}=`);
  const headers = Object.fromEntries(Object.entries(stolen[0]).filter(([name]) => name !== 'host')) as Record<string, string>;
  for (const path of ['/api/me/', '/api/run/', '/api/session/']) {
    // as it came, it is that of somebody who opens an address without a login
    const led = await server.send({ path, headers, login: '' });
    expect([led.status, led.headers.location]).toEqual([303, `/ui/sign-in#then=${path}`]);
    expect((await server.send({ path, headers: { ...headers, 'sec-fetch-mode': 'cors' }, login: '' })).status).toBe(401);
  }
  // with the header, since the browser would ask for a password where a 401 has a challenge
  const asks = `fetch('${server.url}/api/me/', { credentials: 'include', headers: { 'X-Session-Key': 'x' } }).then(() => 'read', () => 'refused')`;
  const read = await elsewhere.evaluate(asks);
  expect(read).toBe('refused');
  await elsewhere.close();
});

test('What is read by a ticket needs no header and is never a script, and a WebSocket opens once', async () => {
  const run = await ran(server, shell('echo said'));
  const { ticket } = await asked('/api/ticket/', 'POST', { path: `${run}log/` });
  expect(await page.evaluate(`fetch('${run}log/?-ticket=${ticket}', { credentials: 'omit' }).then((answer) => answer.text())`)).toBe(
    'said\n',
  );
  const script = `new Promise((resolve) => {
    const script = Object.assign(document.createElement('script'), { src: '${run}log/?-ticket=${ticket}' });
    script.onload = () => resolve('run');
    script.onerror = () => resolve('refused');
    document.body.append(script);
  })`;
  expect(await page.evaluate(script)).toBe('refused');
  const { ticket: once } = await asked('/api/ticket/', 'POST', { path: '/api/event/' });
  const opened = `new Promise((resolve) => {
    const socket = new WebSocket(location.origin.replace('http', 'ws') + '/api/event/?-ticket=${once}');
    socket.onmessage = ({ data }) => resolve(JSON.parse(data).type);
    socket.onerror = () => resolve('refused');
  })`;
  expect([await page.evaluate(opened), await page.evaluate(opened)]).toEqual([expect.stringContaining('events.opened'), 'refused']);
});

test('The page of a program runs its scripts, speaks with its program by every way, and reaches nothing of this server', async () => {
  const run = await serving(server, webServer);
  const { url } = await asked(`${run}page/`, 'POST');
  const types = encodeURIComponent(JSON.stringify([['Content-Type', 'text/html']]));
  const shown = await context.newPage();
  for (const frame of [await inTab(shown), await inFrame()]) {
    const speaks = `(async () => {
      const told = await (await fetch('told')).json();
      const put = await (await fetch('x', { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: '{}' })).json();
      const socket = new WebSocket(location.href.replace('http', 'ws').replace(/headers.*/, 'ws_echo'));
      const heard = await new Promise((resolve) => {
        socket.onopen = () => socket.send('hello');
        socket.onmessage = ({ data }) => resolve(data);
        socket.onerror = () => resolve('refused');
      });
      const reached = await fetch('/api/me/', { credentials: 'include' }).then(() => 'reached', () => 'refused');
      let kept = 'nothing';
      try { kept = localStorage.getItem('key'); } catch {}
      return [told.headers.some(([name]) => name.toLowerCase() === 'cookie'), put.method, heard, reached, kept, self.origin];
    })()`;
    expect(await frame.evaluate(speaks)).toEqual([false, 'PUT', 'hello', 'refused', 'nothing', 'null']);
  }
  await shown.close();

  async function inTab(tab: Page) {
    await tab.goto(`${server.url}${url}headers?set=${types}`);
    return tab.mainFrame();
  }

  async function inFrame() {
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('iframe'), { name: 'of-a-program', src: '${url}headers?set=${types}' }))`,
    );
    await expect.poll(() => page.frame('of-a-program')?.url()).toContain('/run-page/');
    const frame = page.frame('of-a-program')!;
    await frame.waitForLoadState();
    return frame;
  }
});
