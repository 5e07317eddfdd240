// The page in a real browser: signed in, with everything that its console says.
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import type { TestServer } from './server.js';

export interface OpenedPage {
  page: Page;
  /** Messages of the console of type error or warning, and errors that nobody caught. */
  complaints: string[];
  /** Opens a view: `open('runs?state=running')`. */
  open: (view: string) => Promise<void>;
  close: () => Promise<void>;
}

/** Debian's. One for a test file: a start takes a second. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
}

/** A browser of its own: nothing is signed in. */
export async function openPage(browser: Browser, server: TestServer, options: BrowserContextOptions = {}): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(`page error: ${error.message}`));
  const open = async (view: string) => {
    await page.goto(`${server.url}/ui/${view}`);
    await page.waitForSelector('#page > *');
  };
  return { page, complaints, open, close: () => context.close() };
}

/** Signed in as `login`, such as `admin:secret`, at the list of definitions. */
export async function signIn(
  browser: Browser,
  server: TestServer,
  login = 'admin:secret',
  options?: BrowserContextOptions,
): Promise<OpenedPage> {
  const opened = await openPage(browser, server, options);
  await opened.open('sign-in');
  const [username, ...password] = login.split(':');
  await opened.page.fill('[name=username]', username);
  await opened.page.fill('[name=password]', password.join(':'));
  await opened.page.click('button[type=submit]');
  await opened.page.waitForSelector('main#main');
  return opened;
}

/** For the end of each test. Chromium says itself when a request was answered with an error: `but` are answers that the test wants. */
export function expectQuiet({ complaints }: OpenedPage, but: RegExp = /^$/): void {
  expect(complaints.splice(0).filter((text) => !but.test(text))).toEqual([]);
}
