// The list of definitions in a browser: the first program of an empty registry, results as they come, search, tags, owners, strange texts.
import { type Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectQuiet, launchBrowser, type OpenedPage, signIn } from '../support/page.js';
import { defined, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

let browser: Browser;
let server: TestServer;
let opened: OpenedPage;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const list = '/api/process_definition/';
describe('an empty registry', () => {
  beforeEach(async () => {
    server = await startServer();
    opened = await signIn(browser, server);
  });
  afterEach(async () => {
    expectQuiet(opened);
    await opened.close();
    await server.stop();
  });

  test('One click on an example stores it, runs it, and shows its run', async () => {
    const { page } = opened;
    await page.click('text=What time it is there');
    await page.waitForURL(/\/ui\/runs\//);
    const id = new URL(page.url()).pathname.split('/').at(-1);
    const run = (await server.send({ path: `/api/run/${id}/wait/` })).json;
    expect([run.success, run.definition_name]).toEqual([true, 'date']);
  });

  test('One click on an example that needs something stores it and opens its form', async () => {
    const { page } = opened;
    await page.click('text=Turn a text into capitals');
    await page.waitForURL(/\/ui\/definitions\/uppercase/);
    const answer = await server.send({ method: 'POST', path: `${list}uppercase/execute/`, body: 'hello' });
    expect(answer.text).toBe('HELLO');
  });

  test('Every example that is offered can be started, and those that need no file do what they say', async () => {
    const { page } = opened;
    await page.waitForSelector('.example');
    const offered = await page.locator('.example strong').allTextContents();
    expect(offered).toEqual(expect.arrayContaining(['uppercase', 'count', 'primes', 'date']));
    const results: Record<string, string> = { primes: '2 3 5 7 11 13 17 19 23 29 31 37 41 43 47 53 59 61 67 71', 'count-words': '2' };
    for (const name of offered) {
      await opened.open('definitions');
      await page.click(`.example:has(strong:text-is("${name}"))`);
      await page.waitForURL((url) => !url.pathname.endsWith('/ui/definitions'));
      const { definition } = (await server.send({ path: `${list}${name}/` })).json;
      const checked = await server.send({ method: 'POST', path: `${list}validate/`, body: { definition } });
      expect([name, checked.json.warnings]).toEqual([name, []]);
      const run =
        results[name] &&
        (await server.send({ method: 'POST', path: `${list}${name}/execute/`, body: name === 'primes' ? undefined : 'a b' }));
      if (run) expect(run.text.trim()).toBe(results[name]);
      // what is open would ask about what is gone
      await opened.open('new');
      await server.send({ method: 'DELETE', path: `${list}${name}/` });
    }
  });

  test('Who stores nothing is told what to do', async () => {
    await server.user('runner:pw', 'runner');
    const other = await signIn(browser, server, 'runner:pw');
    await other.page.waitForSelector('text=Ask an author to share one');
    expect(await other.page.locator('.example').count()).toBe(0);
    expectQuiet(other);
    await other.close();
  });
});

describe('a list', () => {
  beforeAll(async () => {
    server = await startServer();
    await server.user('author:pw', 'author');
    await defined(server, shell('sleep 0.2; echo done', { name: 'quick', description: 'Says that it is done', tags: ['lab', 'text'] }));
    await defined(server, shell('exit 3', { name: 'bad', tags: ['lab'] }));
    await defined(server, shell('exit 0', { name: 'theirs', visibility: 'shared' }), 'author:pw');
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    opened = await signIn(browser, server);
    await opened.page.waitForSelector('.definition');
  });
  afterEach(async () => {
    expectQuiet(opened);
    await opened.close();
  });
  const row = (name: string) => opened.page.locator('.definition', { has: opened.page.locator(`a:text-is("${name}")`) });
  const summary = (name: string) => row(name).locator('.sparkline').getAttribute('aria-label');

  test('A run that begins and ends changes its row by its events, and the list is not read again', async () => {
    await expect.poll(() => row('quick').getByRole('img', { name: 'never run' }).count()).toBe(1);
    const asked: string[] = [];
    opened.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await server.send({ method: 'POST', path: `${list}quick/execute/` });
    await server.send({ method: 'POST', path: `${list}bad/execute/` });
    await expect.poll(() => summary('quick')).toBe('Last 1 run: 1 succeeded');
    await expect.poll(() => summary('bad')).toBe('Last 1 run: 1 failed');
    await server.send({ method: 'POST', path: `${list}bad/execute/` });
    await expect.poll(() => summary('bad')).toBe('Last 2 runs: 2 failed');
    expect(await row('quick').locator('.sparkline title').textContent()).toMatch(/^succeeded · \d+ ms · just now$/);
    expect(asked.filter((path) => path.startsWith(list) || path === '/api/run/recent/')).toEqual([]);
    await opened.open('definitions');
    await expect.poll(() => summary('bad')).toBe('Last 2 runs: 2 failed');
  });

  test('A run that goes on is told apart', async () => {
    await defined(server, shell('sleep 20', { name: 'long' }));
    const { json } = await server.send({ method: 'POST', path: '/api/run/', body: { definition: 'long' } });
    await expect.poll(() => row('long').getByRole('img', { name: 'running', exact: true }).count()).toBe(1);
    await server.send({ method: 'POST', path: `/api/run/${json.id}/stop/` });
    await expect.poll(() => summary('long')).toBe('Last 1 run: 1 stopped');
    await server.send({ method: 'DELETE', path: `${list}long/` });
    await expect.poll(() => row('long').count()).toBe(0);
  });

  test('The owner is named where it is another user, whose program opens by owner and name', async () => {
    await expect.poll(() => row('theirs').textContent()).toContain('of author');
    expect(await row('quick').textContent()).not.toContain('of admin');
    expect(await row('theirs').locator('a').getAttribute('href')).toBe('/ui/definitions/author%3Atheirs');
  });

  test('Words and tags find, and stand in the address', async () => {
    const { page } = opened;
    const shown = () => page.locator('.definition a').allTextContents();
    await page.keyboard.press('/');
    await page.keyboard.type('is done');
    await expect.poll(shown).toEqual(['quick']);
    expect(new URL(page.url()).search).toBe('?q=is+done');
    await page.fill('input[type=search]', '');
    await row('bad').locator('button.tag').click();
    await expect.poll(shown).toEqual(['quick', 'bad']);
    await row('quick').locator('button.tag:text-is("text")').click();
    await expect.poll(shown).toEqual(['quick']);
    expect(new URL(page.url()).search).toBe('?tags=lab%2Ctext');
    await page.reload();
    await expect.poll(shown).toEqual(['quick']);
    await page.fill('input[type=search]', 'nothing at all');
    await page.click('text=Show all definitions');
    await expect.poll(async () => (await shown()).length).toBe(3);
  });

  test('Names, tags and descriptions stay text', async () => {
    const attack = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    await defined(server, shell('exit 0', { name: 'strange', description: attack, tags: [attack, '</ul>'] }));
    await expect.poll(() => row('strange').locator('.about').textContent()).toBe(attack);
    expect(await row('strange').locator('button.tag').allTextContents()).toEqual([attack, '</ul>']);
    expect(await opened.page.locator('main img, main script').count()).toBe(0);
    await opened.open('definitions/strange/history');
    await opened.page.waitForSelector('pre');
    expect(await opened.page.textContent('.definition-head')).toContain(attack);
    expect(await opened.page.title()).toBe('strange · procreg');
    await server.send({ method: 'DELETE', path: `${list}strange/` });
  });

  test('Rows are walked by keys and opened with Enter', async () => {
    await opened.page.keyboard.press('j');
    await opened.page.keyboard.press('j');
    expect(await opened.page.evaluate('document.activeElement.textContent')).toBe('bad');
    await opened.page.keyboard.press('Enter');
    await opened.page.waitForURL('**/ui/definitions/bad');
  });

  test('More than a hundred come in pages', async () => {
    const objects = Array.from({ length: 120 }, (_none, at) => ({ definition: shell('exit 0', { name: `many-${at}` }) }));
    await server.send({ method: 'PATCH', path: list, body: { objects } });
    const { page } = opened;
    await expect.poll(() => page.locator('.definition').count()).toBe(100);
    expect(await page.textContent('.more')).toContain('100 of 123');
    await page.click('text=Show more');
    await expect.poll(() => page.locator('.definition').count()).toBe(123);
    expect(await page.locator('.more').count()).toBe(0);
  });
});
