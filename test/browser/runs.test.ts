// The list of runs in the page: live, filtered, calm while one reads, and several stopped or removed at once.
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { beforeAll, expect, test } from 'vitest';
import { expectQuiet } from '../support/page.js';
import { defined, shell } from '../support/programs.js';
import { opened, page, server, useSignedInPage } from '../support/signed-in-page.js';

const noMessage = { input_adapter: { input_type: 'none' } };

useSignedInPage();
beforeAll(async () => {
  await defined(server, shell('true', { ...noMessage, name: 'works' }));
  await defined(server, shell('exit 1', { ...noMessage, name: 'breaks' }));
  await defined(server, shell('sleep 100', { ...noMessage, name: 'lasts' }));
});

const run = (name: string) =>
  server.send({ method: 'POST', path: `/api/process_definition/${name}/execute/`, headers: { prefer: 'respond-async' } });
const names = () => page.locator('.run-what strong').allTextContents();

test('An empty list says what it is for, and a new run appears by itself and changes in its place', async () => {
  await opened.open('runs');
  await page.getByText('Nothing has run yet').waitFor();
  await run('lasts');
  const row = page.locator('[data-row]', { hasText: 'lasts' });
  await row.locator('[data-state=running]').waitFor();
  await row.click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.locator('.run-head [data-state=stopped]').waitFor();
  await page.goBack();
  await row.locator('[data-state=stopped]').waitFor();
  expectQuiet(opened);
});

test('The filters stand in the address', async () => {
  await run('works');
  await run('breaks');
  await opened.open('runs');
  await expect.poll(names).toEqual(['breaks', 'works', 'lasts']);
  await page.getByRole('link', { name: 'Failed', exact: true }).click();
  await expect.poll(names).toEqual(['breaks', 'lasts']);
  await page.keyboard.press('/');
  await page.keyboard.type('brea');
  await expect.poll(names).toEqual(['breaks']);
  expect(page.url()).toMatch(/state=failed&q=brea$/);
  await page.getByLabel('Runs of this user').fill('nobody-of-this-name');
  await page.getByLabel('Runs of this user').press('Enter');
  await page.getByText('No run fits').waitFor();
  await page.getByRole('link', { name: 'Show all runs' }).click();
  await expect.poll(names).toHaveLength(3);
  expectQuiet(opened);
});

test('Several runs are chosen by keys and by boxes, stopped at once, and removed at once', async () => {
  for (let count = 0; count < 3; count++) await run('lasts');
  await opened.open('runs?state=active');
  await expect.poll(() => page.locator('[data-state=running]').count()).toBeGreaterThanOrEqual(3);
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.locator('.run-box').nth(2).check();
  await page.getByText('3 runs chosen').waitFor();
  await page.getByRole('button', { name: 'Stop 3' }).click();
  await page.getByRole('dialog', { name: 'Stop 3 runs?' }).getByRole('button', { name: 'Stop' }).click();
  await page.getByText('No run fits').waitFor();
  await opened.open('runs?q=lasts');
  await expect.poll(names).toHaveLength(4);
  for (const number of [0, 1]) await page.locator('.run-box').nth(number).check();
  await page.getByRole('button', { name: 'Remove 2' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect.poll(names).toHaveLength(2);
  expectQuiet(opened);
});

test('Older runs are on further pages, and new ones do not push away what one reads', async () => {
  for (let count = 0; count < 60; count++) await run('works');
  await opened.open('runs?q=works');
  await expect.poll(names).toHaveLength(50);
  await page.mouse.move(600, 400);
  await page.mouse.wheel(0, 600);
  await expect.poll(() => page.evaluate('scrollY')).toBeGreaterThan(400);
  const ids = () => page.locator('[data-row]').evaluateAll((rows) => rows.map((row) => (row as HTMLAnchorElement).pathname));
  const before = await ids();
  await run('works');
  await run('works');
  await page.getByRole('button', { name: '2 new runs' }).waitFor();
  expect(await ids()).toEqual(before);
  await page.getByRole('button', { name: '2 new runs' }).click();
  await expect.poll(async () => (await ids()).indexOf(before[0])).toBe(2);
  await page.getByRole('link', { name: 'Older' }).click();
  await expect.poll(names).toHaveLength(13);
  await page.getByRole('link', { name: 'Newest' }).click();
  await expect.poll(names).toHaveLength(50);
  expectQuiet(opened);
});
