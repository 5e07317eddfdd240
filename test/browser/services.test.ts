// A service in the page: messages sent and received live, and the page that its program serves.
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { expect, test } from 'vitest';
import { expectQuiet, signIn } from '../support/page.js';
import { shell } from '../support/programs.js';
import { serving, webServer } from '../support/proxied.js';
import { idOf, running } from '../support/restarts.js';
import { browser, server, useSignedInPage } from '../support/signed-in-page.js';

useSignedInPage();

test('Messages to a service are sent, and what it says appears, as text', async () => {
  const run = await running(server, shell('while read -r line; do echo "heard $line"; done', { process_type: 'service' }));
  const opened = await signIn(browser, server);
  const { page } = opened;
  await opened.open(`runs/${idOf(run)}`);
  await page.getByText('No messages yet').waitFor();
  for (const message of ['one', '<b>two</b>']) {
    await page.getByLabel('Message', { exact: true }).fill(message);
    await page.getByLabel('Message', { exact: true }).press('Control+Enter');
    await page.locator('.messages pre', { hasText: `heard ${message}` }).waitFor();
  }
  await page.reload();
  await expect.poll(() => page.locator('.messages pre').allTextContents()).toEqual(['heard <b>two</b>\n', 'heard one\n']);
  await page.keyboard.press('s');
  await page.locator('.run-head [data-state=stopped]').waitFor();
  expectQuiet(opened);
  await opened.close();
});

test("A program's own page is shown in a frame: its scripts and its sockets work", async () => {
  const run = await serving(server, webServer);
  const opened = await signIn(browser, server);
  const { page } = opened;
  await opened.open(`runs/${idOf(run)}#page`);
  await page.getByRole('button', { name: 'Open its page' }).click();
  const frame = page.locator('iframe.program-page');
  const address = await frame.getAttribute('src');
  expect(address).toMatch(/^\/run-page\/pt_/);
  const types = encodeURIComponent(JSON.stringify([['Content-Type', 'text/html']]));
  await frame.evaluate((element, url) => element.setAttribute('src', url), `${address}headers?set=${types}`);
  await expect.poll(() => page.frames()[1]?.url()).toContain('headers');
  await page.frames()[1].waitForLoadState();
  const answers = await page.frames()[1].evaluate(async () => {
    const told = await (await fetch('told')).json();
    const socket = new WebSocket(location.href.replace('http', 'ws').replace(/headers.*/, 'ws_echo'));
    const heard = await new Promise((resolve) => {
      socket.onopen = () => socket.send('hello');
      socket.onmessage = ({ data }) => resolve(data);
      socket.onerror = () => resolve('refused');
    });
    return [Array.isArray(told.headers), heard, self.origin];
  });
  expect(answers).toEqual([true, 'hello', 'null']);
  expect(await page.getByRole('link', { name: 'Open in a new tab' }).getAttribute('href')).toBe(address);
  expectQuiet(opened, /favicon|404/);
  await opened.close();
});
