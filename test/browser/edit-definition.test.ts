// The tabs Edit and History in a browser: faults as one types, a save that overwrites nobody, versions, and what one does with the whole.
import { type Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { expectQuiet, launchBrowser, type OpenedPage, signIn } from '../support/page.js';
import { startServer, type TestServer } from '../support/server.js';

let browser: Browser;
let server: TestServer;
let opened: OpenedPage;
let page: OpenedPage['page'];
const tr = `/api/process_definition/tr/`;
const first = { name: 'tr', exec: '/usr/bin/tr', argv: ['a-z', 'A-Z'] };

beforeAll(async () => {
  [browser, server] = [await launchBrowser(), await startServer()];
  await server.user('author:pw', 'author');
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});
beforeEach(async () => {
  await put(first);
  opened = await signIn(browser, server);
  page = opened.page;
});
afterEach(async () => {
  await opened.close();
  await server.send({ method: 'DELETE', path: tr });
});

const put = (definition: object) => server.send({ method: 'PUT', path: tr, body: { definition } });
const stored = async (path = tr) => (await server.send({ path })).json.definition;
const edit = async () => {
  await opened.open('definitions/tr/edit');
  await page.waitForSelector('.cm-content');
};
const write = async (text: string) => {
  await page.locator('.cm-content').press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
};

test('A fault stands at its place while one types, and when it is mended the definition is saved', async () => {
  await edit();
  await write('{"name": "tr", "exec": "/usr/bin/tr", "argv": ["a-z", 7], "timout": 3}');
  await page.waitForSelector('.faults >> text=argv[1]');
  await expect.poll(() => page.locator('.cm-lintRange-error').textContent()).toBe('7');
  expect(await page.locator('button:text-is("Save")').isDisabled()).toBe(true);
  await write('{"name": "tr", "exec": "/usr/bin/tr", "argv": ["a-z", "x"], "timout": 3}');
  await page.waitForSelector('.faults >> text=did you mean `timeout`?');
  await page.click('.faults button');
  expect(await page.evaluate('document.activeElement.className')).toBe('json-editor');
  await write('{"name": "tr", "exec": "/usr/bin/tr", "argv": ["a-z", "x"], "timeout": 3}');
  await expect.poll(() => page.locator('.faults li').count()).toBe(0);
  await page.keyboard.press('ControlOrMeta+s');
  await page.waitForSelector('text=Saved.');
  expect(await stored()).toEqual({ name: 'tr', exec: '/usr/bin/tr', argv: ['a-z', 'x'], timeout: 3 });
  expectQuiet(opened, /status of 400/);
});

test('What is no JSON is said at once, with its place', async () => {
  await edit();
  await write('{"exec": }');
  await page.waitForSelector('.faults >> text=This is not JSON');
  expect(await page.locator('.cm-lintRange-error').textContent()).toBe('}');
  expectQuiet(opened);
});

test('Keys are completed by the schema that the server serves', async () => {
  await edit();
  await write('{"exec": "x", "max');
  await page.keyboard.type('_p');
  await expect.poll(() => page.locator('.cm-tooltip-autocomplete').textContent()).toContain('"max_parallel"');
  expectQuiet(opened, /status of 400/);
});

test('A single letter that is typed into the editor is no key of the page', async () => {
  await edit();
  await page.locator('.cm-content').press('ControlOrMeta+a');
  await page.keyboard.type('n');
  expect(new URL(page.url()).pathname).toBe('/ui/definitions/tr/edit');
  expect(await page.locator('.cm-content').textContent()).toBe('n');
  expectQuiet(opened);
});

test('A definition that somebody else has saved meanwhile is not overwritten unless one says so', async () => {
  await edit();
  await write(JSON.stringify({ ...first, description: 'mine' }));
  await put({ ...first, description: 'theirs' });
  await page.waitForSelector('text=Somebody else has changed this meanwhile');
  const lines = await page.locator('.diff > div').allTextContents();
  expect(lines.map((text) => text.trim())).toEqual(
    expect.arrayContaining([expect.stringMatching(/^−.*theirs/), expect.stringMatching(/^\+.*mine/)]),
  );
  expect((await stored()).description).toBe('theirs');
  await page.click('text=Overwrite with yours');
  await page.waitForSelector('text=Saved.');
  expect((await stored()).description).toBe('mine');
  await write(JSON.stringify({ ...first, description: 'mine again' }));
  await put({ ...first, description: 'theirs again' });
  await page.click('text=Take theirs');
  await expect.poll(() => page.locator('.cm-content').textContent()).toContain('theirs again');
  expectQuiet(opened);
});

test('What one has not touched follows the server', async () => {
  await edit();
  await put({ ...first, description: 'from elsewhere' });
  await expect.poll(() => page.locator('.cm-content').textContent()).toContain('from elsewhere');
  expectQuiet(opened);
});

test('A new name leads to a new address', async () => {
  await edit();
  await write(JSON.stringify({ ...first, name: 'renamed' }));
  await page.click('button:text-is("Save"):not([disabled])');
  await page.waitForURL('**/ui/definitions/renamed/edit');
  await page.waitForSelector('h1:text-is("renamed")');
  await server.send({ method: 'DELETE', path: '/api/process_definition/renamed/' });
  expectQuiet(opened);
});

test('Versions show what each has changed, and a former one comes back', async () => {
  await put({ ...first, argv: ['a', 'b'] });
  await put({ ...first, argv: ['a', 'c'] });
  await opened.open('definitions/tr/history');
  await page.waitForSelector('h2:text-is("Version 3")');
  const changed = () => page.locator('.diff [data-kind=added], .diff [data-kind=removed]').allTextContents();
  expect((await changed()).map((text) => text.slice(-12))).toEqual([': ["a", "b"]', ': ["a", "c"]']);
  await page.click('nav[aria-label=Versions] a:has-text("1")');
  await page.waitForSelector('h2:text-is("Version 1")');
  expect(await page.textContent('.history pre')).toContain('a-z');
  await page.click('text=What has changed since');
  expect((await changed())[0]).toContain('a-z');
  await page.click('text=Restore this version');
  await page.waitForSelector('h2:text-is("Version 4")');
  expect(await stored()).toEqual(first);
  expectQuiet(opened);
});

test('A definition is shared, copied and deleted, and its runs are counted before', async () => {
  await server.send({ method: 'POST', path: `${tr}execute/`, body: 'x' });
  await opened.open('definitions/tr/history');
  const menu = async (item: string) => {
    await page.click('.definition-head summary');
    await page.locator('.definition-head .menu-items button', { hasText: item }).click();
  };
  await menu('Share with everyone here');
  await expect.poll(async () => (await stored()).visibility).toBe('shared');
  await menu('Make private');
  await expect.poll(async () => (await stored()).visibility).toBeUndefined();
  await menu('Duplicate');
  await page.waitForURL('**/ui/definitions/tr-copy/edit');
  expect(await stored('/api/process_definition/tr-copy/')).toEqual({ ...first, name: 'tr-copy' });
  await menu('Delete');
  await page.waitForSelector('h2:text-is("Delete tr-copy?")');
  await page.click('dialog >> text=Delete >> nth=-1');
  await page.waitForURL('**/ui/definitions');
  await opened.open('definitions/tr/history');
  await menu('Delete');
  await page.waitForSelector('h2:text-is("Delete tr and keep its 1 run?")');
  await page.click('dialog >> text=Cancel');
  expect(await stored()).toEqual(first);
  expectQuiet(opened);
});

test('Who may not change a definition sees it, without the values of its environment', async () => {
  await put({ ...first, visibility: 'shared', environment: { KEY: 'secret-value' } });
  const other = await signIn(browser, server, 'author:pw');
  await other.open('definitions/admin%3Atr/edit');
  await other.page.waitForSelector('pre.definition-text');
  expect(await other.page.textContent('main')).toContain('***');
  expect(await other.page.textContent('main')).not.toContain('secret-value');
  expect(await other.page.locator('.definition-head >> text=Edit').count()).toBe(0);
  expectQuiet(other);
  await other.close();
});

test('With examples one may save only what passes them, and is shown which fails', async () => {
  const examples = (expect: string) => JSON.stringify({ ...first, examples: [{ message: 'abc', expect }] });
  await edit();
  expect(await page.locator('text=Save only if all examples pass').count()).toBe(0);
  await write(examples('abd'));
  await page.check('text=Save only if all examples pass');
  await page.keyboard.press('ControlOrMeta+s');
  await page.waitForSelector('.faults >> text=expected "abd", got "ABC"');
  expect(await stored()).toEqual(first);
  await write(examples('ABC'));
  await expect.poll(() => page.locator('button:text-is("Save")').isEnabled()).toBe(true);
  await page.keyboard.press('ControlOrMeta+s');
  await page.waitForSelector('text=Saved: all examples have passed.');
  expect((await stored()).examples).toHaveLength(1);
  expectQuiet(opened, /status of 4(00|22)/);
});
