// The terminal of the page: typed to, resized, attached to again, on a phone, and how it ends.
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../support/free-port.js';
import { expectQuiet, launchBrowser, type OpenedPage, signIn } from '../support/page.js';
import { crash } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { made } from '../support/web-socket.js';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  // the server that takes the place of another one is at the same address
  server = await startServer({ PORT: String(await freePort()) });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

const shellRun = { exec: '/bin/sh', argv: ['-i'], tty: true, on_disconnect: 'continue', environment: { PS1: '> ' } };

const terminalOf = (page: Page) => page.frameLocator('iframe[title=Terminal]');
const screenOf = (frame: FrameLocator) => frame.locator('.xterm-rows').innerText();
const shows = (frame: FrameLocator, text: string | RegExp) => expect.poll(() => screenOf(frame), { timeout: 15_000 }).toMatch(text);
const says = (frame: FrameLocator, text: string) =>
  expect.poll(() => frame.locator('#status').innerText(), { timeout: 15_000 }).toContain(text);

/** Attached to a new shell. */
async function attached(opened: OpenedPage): Promise<FrameLocator> {
  const run = await made(server, shellRun);
  await opened.open(`terminal/${run.split('/').at(-2)}`);
  return ready(opened.page);
}

async function ready(page: Page): Promise<FrameLocator> {
  const frame = terminalOf(page);
  await says(frame, 'Connected');
  await frame.locator('textarea').focus();
  return frame;
}

test('An author opens a shell, types to it, gives it another size, and reads how it ended', async () => {
  await server.user('ann:secret', 'author');
  const opened = await signIn(browser, server, 'ann:secret');
  const { page } = opened;
  await opened.open('terminal');
  await page.getByRole('button', { name: 'Open' }).click();
  const frame = await ready(page);
  await page.keyboard.type('echo $((6*7)) é€\n');
  await shows(frame, /^42 é€/m);
  const rows = () => frame.locator('.xterm-rows > div').count();
  const before = await rows();
  await page.setViewportSize({ width: 800, height: 500 });
  await expect.poll(rows).toBeLessThan(before);
  await page.keyboard.type('stty size\n');
  await shows(frame, new RegExp(`^${await rows()} \\d+`, 'm'));
  await page.keyboard.type('exit 3\n');
  await says(frame, 'Ended with exit code 3.');
  expect(await frame.getByRole('button', { name: 'Connect again' }).count()).toBe(0);
  await page.locator('.state', { hasText: 'failed' }).waitFor();
  expectQuiet(opened);
  await opened.close();
});

test('A second one who attaches sees everything from the beginning, and both may type', async () => {
  const opened = await signIn(browser, server);
  const first = await attached(opened);
  await opened.page.keyboard.type('echo from the fir""st\n');
  await shows(first, /^from the first/m);
  const other = await signIn(browser, server);
  await other.page.goto(opened.page.url());
  const second = await ready(other.page);
  await shows(second, /^from the first/m);
  await other.page.keyboard.type('echo from the sec""ond\n');
  await shows(first, /^from the second/m);
  for (const one of [opened, other]) {
    expectQuiet(one);
    await one.close();
  }
});

test('When the server dies and another one comes, one connects again to the same program and sees what was there', async () => {
  const opened = await signIn(browser, server);
  const { page } = opened;
  const frame = await attached(opened);
  await page.keyboard.type('KEPT=$((40+2)); echo be""fore\n');
  await shows(frame, /^before/m);
  await crash(server);
  await says(frame, 'The connection broke');
  server = await startServer({ PORT: new URL(server.url).port }, { dataDir: server.dataDir });
  await frame.getByRole('button', { name: 'Connect again' }).click();
  await ready(page);
  await shows(frame, /^before/m);
  await page.keyboard.type('echo kept $KEPT\n');
  await shows(frame, /^kept 42/m);
  // what the browser itself says of a server that is away
  expectQuiet(opened, /Failed to load resource|WebSocket connection/);
  await opened.close();
});

test('What is selected is copied, what is pasted is typed, and a key leads out of the terminal', async () => {
  const opened = await signIn(browser, server, 'admin:secret', { permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = opened;
  const frame = await attached(opened);
  await page.evaluate('navigator.clipboard.writeText(\'echo pa""sted\')');
  await page.keyboard.press('Control+V');
  await page.keyboard.press('Enter');
  await shows(frame, /^pasted/m);
  const line = (await frame.locator('.xterm-rows > div', { hasText: /^pasted/ }).boundingBox())!;
  await page.mouse.dblclick(line.x + 8, line.y + 8);
  await page.keyboard.press('Control+C');
  await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe('pasted');
  await page.keyboard.press('Control+.');
  await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Run');
  expectQuiet(opened);
  await opened.close();
});

test('A phone types by its own keyboard, and has the keys that this lacks', async () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const opened = await signIn(browser, server, 'admin:secret', phone);
  const { page } = opened;
  const frame = await attached(opened);
  await frame.locator('.xterm-screen').tap();
  await page.keyboard.insertText('echo by a pho""ne');
  await page.keyboard.press('Enter');
  await shows(frame, /^by a phone/m);
  // up, then Ctrl and c
  await page.keyboard.insertText('cat');
  await page.keyboard.press('Enter');
  await frame.getByRole('button', { name: 'Ctrl' }).tap();
  await page.keyboard.insertText('c');
  await shows(frame, /\^C/);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  expectQuiet(opened);
  await opened.close();
});

test('To a run of somebody else nothing is attached, and a runner is offered no shell', async () => {
  await server.user('ron:secret', 'runner');
  const run = await made(server, shellRun);
  const opened = await signIn(browser, server, 'ron:secret');
  await opened.open('terminal');
  await opened.page.getByText('A shell is for authors').waitFor();
  await opened.open(`terminal/${run.split('/').at(-2)}`);
  await opened.page.getByRole('alert').waitFor();
  expect(await opened.page.locator('iframe').count()).toBe(0);
  expectQuiet(opened, /404/);
  await opened.close();
});
