// A server of its own and a page on which its admin is signed in, for a whole test file: `useSignedInPage()` at its beginning sets what is exported here.
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { launchBrowser, type OpenedPage, signIn } from './page.js';
import { startServer, type TestServer } from './server.js';

export let server: TestServer;
export let browser: Browser;
export let opened: OpenedPage;
export let page: Page;

export function useSignedInPage(): void {
  beforeAll(async () => {
    server = await startServer();
    browser = await launchBrowser();
    opened = await signIn(browser, server);
    page = opened.page;
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });
}

/** After `useSignedInPage()`: each test begins at New program, in a page of its own. */
export function useNewProgram(): void {
  beforeEach(async () => {
    opened = await signIn(browser, server);
    page = opened.page;
    await opened.open('new');
    await page.waitForSelector('textarea');
  });
  afterEach(() => opened.close());
}

/** The definition that is stored under this name. */
export async function storedDefinition(name: string) {
  return (await server.send({ path: `/api/process_definition/${name}/` })).json.definition;
}
