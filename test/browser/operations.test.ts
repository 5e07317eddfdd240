// What stands around definitions and runs: services, streams, lanes, bindings, users, tokens; and what each role sees of it.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectQuiet, launchBrowser, signIn } from '../support/page.js';
import { defined, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  server = await startServer();
  browser = await launchBrowser();
  await defined(server, { name: 'upper', exec: '/usr/bin/tr', argv: ['a-z', 'A-Z'] });
  await defined(server, shell('sleep 600', { name: 'stays', process_type: 'service' }));
  await defined(server, shell('exit 4', { name: 'breaks', process_type: 'service' }));
  for (const role of ['runner', 'viewer']) await server.user(`${role}:secret`, role);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

const rowOf = (page: Page, name: string) => page.locator('.rows > li', { hasText: name });
const json = async (path: string) => (await server.send({ path })).json;

test('A service is started and stopped in the list, which shows what happens to it by itself', async () => {
  const opened = await signIn(browser, server);
  const { page } = opened;
  await opened.open('services');
  await page.getByRole('button', { name: 'Start stays' }).click();
  await rowOf(page, 'stays').getByText('ready').waitFor();
  const { objects } = await json('/api/run/?definition=stays&state=running');
  expect(await rowOf(page, 'stays').getByRole('link').getAttribute('href')).toBe(`/ui/runs/${objects[0].id}`);
  await page.getByRole('button', { name: 'Start breaks' }).click();
  await rowOf(page, 'breaks').getByText('2 restarts').waitFor();
  await rowOf(page, 'breaks').getByText('exit code 4').waitFor();
  // by curl, and the list follows
  await server.send({ method: 'POST', path: `/api/run/${objects[0].id}/stop/` });
  await rowOf(page, 'stays').getByText('stopped').waitFor();
  await page.getByRole('button', { name: 'Stop breaks' }).click();
  await page.getByRole('button', { name: 'Start breaks' }).waitFor();
  expectQuiet(opened);
  await opened.close();
});

test('A program is bound to a stream by a form, and what is published comes out changed where one follows', async () => {
  const opened = await signIn(browser, server);
  const { page } = opened;
  await opened.open('operations/bindings');
  await page.getByRole('button', { name: 'Bind a program' }).click();
  await page.getByLabel('Messages of the stream').fill('in');
  await page.getByLabel('run the program').fill('upper');
  await page.getByLabel('and its output goes to the stream').fill('out');
  await page.getByRole('button', { name: 'Bind', exact: true }).click();
  await rowOf(page, 'upper').getByText('listening').waitFor();
  const follower = await signIn(browser, server);
  await follower.open('streams/out');
  await follower.page.getByText('Following').waitFor();
  await follower.page.getByText('Written by upper.').waitFor();
  await opened.open('streams');
  await page.getByRole('link', { name: 'in to upper' }).click();
  await page.getByLabel('Message', { exact: true }).fill('one\ntwo');
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByText('Published 7 B.').waitFor();
  await expect.poll(() => follower.page.locator('.messages pre').allInnerTexts()).toEqual(['ONE\nTWO']);
  await page.setInputFiles('input[type=file]', { name: 'bytes.bin', mimeType: '', buffer: Buffer.from([97, 255]) });
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByText('Published 2 B.').waitFor();
  await follower.page.getByText('not text, as base64').waitFor();
  expect((await follower.page.locator('.messages pre').allInnerTexts())[0]).toBe(Buffer.from([65, 255]).toString('base64'));
  await opened.open('operations/bindings');
  await page.getByLabel('Enabled').click();
  await expect.poll(async () => (await json('/api/binding/')).objects[0].enabled).toBe(false);
  await page.getByRole('button', { name: 'Delete the binding of in' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No bindings').waitFor();
  for (const one of [opened, follower]) {
    expectQuiet(one);
    await one.close();
  }
});

test('An admin changes how many runs of a lane may be active, and sees those that wait', async () => {
  const opened = await signIn(browser, server);
  const { page } = opened;
  await opened.open('operations');
  const limit = page.getByLabel('Most runs at once in cpu');
  await limit.fill('1');
  await page.getByRole('button', { name: 'Set' }).click();
  await expect.poll(async () => (await json('/api/lane/')).objects.find(({ name }: { name: string }) => name === 'cpu').limit).toBe(1);
  const path = await defined(server, shell('sleep 600', { name: 'slow', lane: 'cpu' }));
  const headers = { prefer: 'respond-async' };
  for (let turn = 0; turn < 3; turn++) await server.send({ method: 'POST', path: `${path}execute/`, headers });
  await expect.poll(() => page.locator('tr', { hasText: 'cpu' }).locator('.figure').allInnerTexts()).toEqual(['1', '2', '0', '0']);
  await page.locator('.chart canvas').waitFor();
  await page.getByRole('img', { name: '1 running and 2 waiting' }).waitFor();
  await opened.open('operations/server');
  await page.getByRole('button', { name: 'Stop all runs' }).click();
  await page.getByRole('dialog', { name: 'Stop 3 runs' }).getByRole('button', { name: 'Stop all' }).click();
  await page.getByText('Stopping 3 runs.').waitFor();
  await expect.poll(async () => (await json('/api/run/?state=queued,starting,running,stopping')).meta.total_count).toBe(0);
  expectQuiet(opened);
  await opened.close();
});

test('An admin makes a user, changes the role, sets a password, gives a token, which is shown once, and disables the user', async () => {
  const opened = await signIn(browser, server);
  const { page } = opened;
  await opened.open('operations/users');
  await page.getByRole('button', { name: 'New user' }).click();
  await page.getByLabel('Name', { exact: true }).fill('eve');
  await page.getByRole('textbox', { name: 'Password' }).fill('first');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByLabel('Role of eve').selectOption('author');
  await expect.poll(async () => (await server.send({ path: '/api/me/', login: 'eve:first' })).json.role).toBe('author');
  await page.getByLabel('More of eve').click();
  await page.getByRole('button', { name: 'Set a password' }).click();
  await page.getByRole('textbox', { name: 'Password' }).fill('second');
  await page.getByRole('button', { name: 'Set', exact: true }).click();
  await expect.poll(async () => (await server.send({ path: '/api/me/', login: 'eve:second' })).status).toBe(200);
  await page.getByLabel('More of eve').click();
  await page.getByRole('button', { name: 'Tokens' }).click();
  await page.getByLabel('New token').fill('for a script');
  await page.getByLabel('May do').selectOption('runner');
  await page.getByRole('button', { name: 'Create' }).click();
  const token = await page.locator('.shown-once code').innerText();
  expect((await server.send({ path: '/api/me/', login: `eve:${token}` })).status).toBe(200);
  await page.keyboard.press('Escape');
  await page.getByLabel('More of eve').click();
  await page.getByRole('button', { name: 'Tokens' }).click();
  await page.getByText('for a script').waitFor();
  expect(await page.content()).not.toContain(token);
  await page.keyboard.press('Escape');
  await page.getByLabel('eve may sign in').click();
  await expect.poll(async () => (await server.send({ path: '/api/me/', login: 'eve:second' })).status).toBe(401);
  expectQuiet(opened);
  await opened.close();
});

test('A user makes and revokes a token, changes the password and stays signed in, and signs out', async () => {
  await server.user('carl:old', 'runner');
  const opened = await signIn(browser, server, 'carl:old');
  const { page } = opened;
  await opened.open('account');
  await page.getByLabel('New token').fill('mine');
  await page.getByLabel('Ends on').fill('2099-01-31');
  expect(await page.getByLabel('May do').locator('option').allInnerTexts()).toEqual([
    'all that the user may',
    'what a viewer may',
    'what a runner may',
  ]);
  await page.getByRole('button', { name: 'Create' }).click();
  const token = await page.locator('.shown-once code').innerText();
  expect((await server.send({ path: '/api/me/', login: `carl:${token}` })).status).toBe(200);
  await page.getByRole('button', { name: 'Revoke mine' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect.poll(async () => (await server.send({ path: '/api/me/', login: `carl:${token}` })).status).toBe(401);
  await page.getByLabel('New password').fill('new');
  await page.getByLabel('Once more').fill('other');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('The two are not the same.').waitFor();
  await page.getByLabel('Once more').fill('new');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('The password is changed.').waitFor();
  expect((await server.send({ path: '/api/me/', login: 'carl:new' })).status).toBe(200);
  await opened.open('services');
  await page.getByRole('heading', { name: 'Services', exact: true }).waitFor();
  await opened.open('account');
  await page.locator('main').getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  expectQuiet(opened, /401/);
  await opened.close();
});

test('A runner and a viewer are offered only what they may do, and nothing is refused while they look around', async () => {
  await defined(server, shell('sleep 600', { name: 'of-all', process_type: 'service', visibility: 'shared' }));
  for (const role of ['runner', 'viewer']) {
    const opened = await signIn(browser, server, `${role}:secret`);
    const { page } = opened;
    await opened.open('services');
    await rowOf(page, 'of-all').getByText("its owner's").waitFor();
    expect(await page.getByText('stays').count()).toBe(0);
    for (const path of [
      'services',
      'streams',
      'streams/in',
      'operations',
      'operations/bindings',
      'operations/users',
      'operations/server',
      'account',
    ]) {
      await opened.open(path);
      await page.locator('main h1, main h2').first().waitFor();
      await page.waitForTimeout(500);
      const offered = await page.locator('main').getByRole('button').allInnerTexts();
      expect(offered.filter((text) => /New|Bind|Set|St(art|op)|Publish|Delete/.test(text))).toEqual([]);
    }
    expect(await page.getByRole('link', { name: 'Users' }).count()).toBe(0);
    expectQuiet(opened);
    await opened.close();
  }
});
