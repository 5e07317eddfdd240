// Import in a browser: what files become is looked at first, and stored when it is wanted.

import { expect, test } from 'vitest';
import { expectQuiet, signIn } from '../support/page.js';
import { browser, server, useSignedInPage } from '../support/signed-in-page.js';

useSignedInPage();

const list = '/api/process_definition/';
const crontab = '# Says the time\n0 3 * * * date -u\n61 * * * * true\n';
const script = `#!/bin/sh\n# Greets <img src=x onerror=alert(1)> somebody\nname=\${1:?}\necho "Hello $name"\n`;

test('A crontab is shown item by item, stored by a button, and the second time nothing is left to do', async () => {
  const opened = await signIn(browser, server);
  const { page } = opened;
  await page.click('main >> text=Import');
  await page.setInputFiles('.import input[type=file]', { name: 'crontab', mimeType: 'text/plain', buffer: Buffer.from(crontab) });
  await page.waitForSelector('text=refused');
  const tops = await page
    .locator('.import [role=radiogroup] label')
    .evaluateAll((labels) => labels.map((label) => label.getBoundingClientRect().top));
  expect(new Set(tops), 'the kinds stand side by side').toHaveProperty('size', 1);
  expect(await page.textContent('.import-items')).toMatch(/line 2.*date.*no schedules.*line 3.*refused/s);
  expect((await server.send({ path: list })).json.meta.total_count).toBe(0);
  await page.click('text=Store 1 program');
  await page.waitForSelector('text=✓ stored');
  expect((await server.send({ path: `${list}date/` })).json.definition).toMatchObject({ exec: 'date', argv: ['-u'] });
  await page.setInputFiles('.import input[type=file]', { name: 'crontab', mimeType: 'text/plain', buffer: Buffer.from(crontab) });
  await page.waitForSelector('text=is stored already');
  expect(await page.locator('.import .actions button').count()).toBe(0);
  expectQuiet(opened);
  await opened.close();
});

test('A script keeps its text, its parameter and its strange description, which stays text', async () => {
  const opened = await signIn(browser, server);
  const { page } = opened;
  await opened.open('import');
  await page.setInputFiles('.import input[type=file]', { name: 'greet.sh', mimeType: 'text/x-sh', buffer: Buffer.from(script) });
  await page.click('text=Store 1 program');
  await page.click('.import-items a:has-text("greet")');
  await page.fill('#field-name', 'world');
  await page.click('button[type=submit]');
  await page.waitForSelector('text=Hello world');
  expect(await page.locator('img[src=x]').count()).toBe(0);
  expectQuiet(opened);
  await opened.close();
});
