// The log of a run in the page: live, over a killed server, in two tabs and ten, in colours, searched, selected, and never markup.
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectQuiet, launchBrowser, type OpenedPage, signIn } from '../support/page.js';
import { ran, shell } from '../support/programs.js';
import { crash, idOf, next, running } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { waitFor } from '../support/worker.js';

const noMessage = { input_adapter: { input_type: 'none' } };
const port = { PORT: String(20_000 + (process.pid % 10_000)) };

let server: TestServer;
let browser: Browser;
let opened: OpenedPage;
let page: Page;

beforeAll(async () => {
  server = await startServer(port);
  browser = await launchBrowser();
  opened = await signIn(browser, server);
  page = opened.page;
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

const put = (run: string, name: string) => server.send({ method: 'PUT', path: `${run}files/${name}`, body: '' });
const logOf = (run: string, tab = page) => tab.goto(`${server.url}/ui/runs/${idOf(run)}#log`);
const shownLines = (tab = page) => tab.locator('.log-text').allTextContents();
const counted = (script: string) => shell(`${waitFor('go')}; ${script}`, noMessage);

test('Lines appear as they are written, stderr is marked, and a line that has not ended is shown', async () => {
  const run = await running(
    server,
    shell(
      `echo first; ${waitFor('one')}; echo wrong >&2; printf 'name? '; ${waitFor('two')}; printf '1 %%\\r2 %%\\r'; sleep 100`,
      noMessage,
    ),
  );
  await logOf(run);
  await page.getByText('first').waitFor();
  await put(run, 'one');
  await page.getByText('name?').waitFor();
  expect(await page.locator('[data-kind=stderr]').allTextContents()).toEqual(['wrong']);
  await put(run, 'two');
  await expect.poll(shownLines).toEqual(['first', 'wrong', '2 %']);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.locator('.run-head [data-state=stopped]').waitFor();
  expectQuiet(opened);
});

test('The server is killed and started again under an open log: no line is lost, and none comes twice', { timeout: 150_000 }, async () => {
  const run = await running(server, counted('for i in $(seq 1 600); do echo "line $i"; sleep 0.01; done'));
  await logOf(run);
  const other = await opened.page.context().newPage();
  await logOf(run, other);
  await put(run, 'go');
  for (const seen of [100, 300]) {
    await expect.poll(() => lastNumber(page), { timeout: 20_000 }).toBeGreaterThan(seen);
    await crash(server);
    server = await next(server, port);
  }
  const wanted = Array.from({ length: 600 }, (_, index) => `line ${index + 1}`);
  for (const tab of [page, other]) {
    await tab.getByText('line 600', { exact: true }).waitFor();
    expect(await allLines(tab)).toEqual(wanted);
  }
  await page.locator('.run-head [data-state=succeeded]').waitFor();
  await other.close();
  expectQuiet(opened, /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/);
});

const lastNumber = async (tab: Page) => Number((await tab.locator('.log-text').last().textContent())?.slice('line '.length));

/** The rows are those of the place to which the list was scrolled. */
const isInPlace = (rows: (Element | SVGElement)[]) => {
  const scroller = document.querySelector('.log-scroller') as HTMLElement;
  const [first] = rows as HTMLElement[];
  const isEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 2;
  return isEnd || Number(first.dataset.line) === Math.floor(scroller.scrollTop / 20);
};

/** Each line of the log, from the first to the last, by scrolling through it. */
async function allLines(tab: Page): Promise<string[]> {
  const lines = new Map<number, string>();
  const scroller = tab.locator('.log-scroller');
  await tab.bringToFront();
  const last = await tab.locator('.log-scroller > div').evaluate((element) => element.clientHeight);
  for (let top = 0; top <= last; top += 300) {
    await scroller.evaluate((element, to) => element.scrollTo(0, to), top);
    await expect.poll(() => tab.locator('.log-row').evaluateAll(isInPlace)).toBe(true);
    const rows = await tab
      .locator('.log-row')
      .evaluateAll((all) => all.map((row) => [Number((row as HTMLElement).dataset.line), row.textContent]));
    for (const [number, text] of rows as [number, string][]) lines.set(number, text);
  }
  return [...lines].sort(([one], [other]) => one - other).map(([, text]) => text);
}

test('A tab that opens a log which another one reads gets all of it, and the other one nothing twice', async () => {
  const run = await running(server, shell(`seq 50; ${waitFor('go')}; echo more; sleep 100`, noMessage));
  await logOf(run);
  await page.getByText('50', { exact: true }).waitFor();
  const other = await opened.page.context().newPage();
  await logOf(run, other);
  await other.getByText('50', { exact: true }).waitFor();
  await put(run, 'go');
  for (const tab of [page, other]) {
    await tab.getByText('more', { exact: true }).waitFor();
    expect(await allLines(tab)).toEqual([...Array.from({ length: 50 }, (_, index) => String(index + 1)), 'more']);
  }
  await other.close();
  await server.send({ method: 'POST', path: `${run}stop/` });
  expectQuiet(opened);
});

test('Ten tabs on running runs are all live, and an eleventh loads', async () => {
  const runs = await Promise.all(
    Array.from({ length: 10 }, (_, number) =>
      running(server, shell(`echo begun ${number}; ${waitFor('go')}; echo went ${number}; sleep 100`, noMessage)),
    ),
  );
  const tabs: Page[] = [];
  for (const [number, run] of runs.entries()) {
    const tab = await opened.page.context().newPage();
    tabs.push(tab);
    await logOf(run, tab);
    await tab.getByText(`begun ${number}`).waitFor();
  }
  const eleventh = await opened.page.context().newPage();
  await eleventh.goto(`${server.url}/ui/runs`);
  await eleventh.locator('[data-row]').first().waitFor();
  for (const run of runs) await put(run, 'go');
  for (const [number, tab] of tabs.entries()) await tab.getByText(`went ${number}`).waitFor();
  for (const run of runs) await server.send({ method: 'POST', path: `${run}stop/` });
  for (const tab of [...tabs, eleventh]) await tab.close();
  expectQuiet(opened);
});

test('Colours are shown, markup is not, and what is copied is plain text', async () => {
  const script = `printf '\\033[1;31mred\\033[0m and <img src=x onerror=alert(1)> \\033[38;5;208morange\\033[0m\\n'; sleep 0.3; echo '<script>alert(2)</script>' >&2; sleep 0.3; seq 200`;
  const run = await ran(server, shell(script, noMessage));
  await logOf(run);
  await page.getByText('200', { exact: true }).waitFor();
  const scroller = page.locator('.log-scroller');
  await scroller.press('Home');
  const red = page.locator('.ansi-1');
  await red.waitFor();
  expect([await red.textContent(), await red.getAttribute('class')]).toEqual(['red', 'ansi-bold ansi-1']);
  expect(await page.getByText('orange', { exact: true }).evaluate((element) => getComputedStyle(element).color)).toBe('rgb(255, 135, 0)');
  expect(await page.locator('.log img, .log script').count()).toBe(0);
  // from the first line, which leaves the page meanwhile, to the last one
  await page
    .locator('.log-text')
    .first()
    .evaluate((line) => getSelection()?.setBaseAndExtent(line, 0, line, line.childNodes.length));
  await page.waitForTimeout(300);
  await scroller.press('End');
  await page.getByText('200', { exact: true }).waitFor();
  await page
    .locator('.log-text')
    .last()
    .evaluate((line) => getSelection()?.extend(line, line.childNodes.length));
  await page.waitForTimeout(300);
  const copied = await page.locator('.log-rows').evaluate((rows) => {
    const event = new ClipboardEvent('copy', { clipboardData: new DataTransfer(), bubbles: true, cancelable: true });
    rows.dispatchEvent(event);
    return event.clipboardData?.getData('text/plain');
  });
  const numbers = Array.from({ length: 200 }, (_, index) => index + 1).join('\n');
  expect(copied).toBe(`red and <img src=x onerror=alert(1)> orange\n<script>alert(2)</script>\n${numbers}`);
  expectQuiet(opened);
});

test('The log is searched by keys, and followed until one scrolls up', async () => {
  const run = await running(server, shell(`seq 1000; ${waitFor('go')}; echo end; sleep 100`, noMessage));
  await logOf(run);
  await page.getByText('1000', { exact: true }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('99');
  await page.getByText('19 lines').waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('10 of 19').waitFor();
  expect(await page.locator('[data-current]').textContent()).toBe('990');
  await page.keyboard.press('Shift+Enter');
  await expect.poll(() => page.locator('[data-current]').textContent()).toBe('899');
  await page.keyboard.press('Escape');
  expect(await page.getByLabel('follow').isChecked()).toBe(false);
  await put(run, 'go');
  await page.waitForTimeout(300);
  expect(await shownLines()).not.toContain('end');
  await page.keyboard.press('f');
  await page.getByText('end', { exact: true }).waitFor();
  await page.getByLabel('times').check();
  expect(await page.locator('.log-time').last().textContent()).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/);
  await page.getByLabel('times').uncheck();
  await server.send({ method: 'POST', path: `${run}stop/` });
  expectQuiet(opened);
});

test('A service that is restarted begins its log below a line that says so', async () => {
  const service = { process_type: 'service', restart: { mode: 'always', backoff: 0.2 } };
  const run = await running(server, shell(`echo up; ${waitFor('stop')}; exit 1`, service));
  await logOf(run);
  await page.getByText('up', { exact: true }).waitFor();
  await put(run, 'stop');
  await expect.poll(shownLines).toEqual(['up', 'Attempt 2', 'up']);
  await server.send({ method: 'POST', path: `${run}stop/` });
  expectQuiet(opened);
});
