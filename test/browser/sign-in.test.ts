// Signing in and out in a browser, and where it leads.
import { expect, test } from 'vitest';
import { expectQuiet, openPage } from '../support/page.js';
import { ran, shell } from '../support/programs.js';
import { browser, opened, page, server, useSignedInPage } from '../support/signed-in-page.js';

useSignedInPage();

test('Somebody who is signed in already is led on by the page that asks for the password', async () => {
  await opened.open('sign-in');
  await page.waitForSelector('h1:has-text("Definitions")');
  await opened.open('sign-in#then=/ui/runs');
  await page.waitForSelector('h1:has-text("Runs")');
  expectQuiet(opened);
});

test('An address of the API that a browser opens leads through the sign-in to itself', async () => {
  const run = await ran(server, shell('echo said', { input_adapter: { input_type: 'none' } }));
  const stranger = await openPage(browser, server);
  await stranger.page.goto(`${server.url}${run}log/`);
  await stranger.page.waitForURL(/\/ui\/sign-in#then=/);
  await stranger.page.fill('[name=username]', 'admin');
  await stranger.page.fill('[name=password]', 'secret');
  await stranger.page.click('button[type=submit]');
  await stranger.page.waitForURL(/\/log\/\?-ticket=/);
  expect(await stranger.page.textContent('body')).toContain('said');
  expectQuiet(stranger);
  await stranger.close();
});

test('An address of another host is not where the sign-in leads', async () => {
  for (const then of ['//evil.example/', '/\\evil.example/', 'https://evil.example/']) {
    await page.goto(`${server.url}/ui/sign-in#then=${encodeURIComponent(then)}`);
    await page.reload();
    await page.waitForSelector('h1:has-text("Definitions")');
    expect(new URL(page.url()).origin).toBe(server.url);
  }
  expectQuiet(opened);
});

test('A wrong password is said, and after signing out nothing of the user is shown', async () => {
  await opened.open('definitions');
  await page.getByLabel('Account of admin').click();
  await page.locator('header').getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  expect(await page.locator('main#main').count()).toBe(0);
  expect((await page.context().cookies()).filter(({ name }) => name.includes('procreg_session'))).toEqual([]);
  await page.fill('[name=username]', 'admin');
  await page.fill('[name=password]', 'wrong');
  await page.click('button[type=submit]');
  await page.getByText('Name or password is wrong.').waitFor();
  expectQuiet(opened, /401/);
});
