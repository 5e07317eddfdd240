// Swagger UI as its users see it: a server with definitions and its page, for a whole test file, and the login in its dialogue.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchBrowser } from './page.js';
import { startServer, type TestServer } from './server.js';

export let server: TestServer;
export let page: Page;
/** Errors of the page that nobody caught. */
export const problems: string[] = [];

/** To be called once in a test file: sets what is exported here. `definitions`: by their names. */
export function useSwaggerUi(definitions: Record<string, object>): void {
  let browser: Browser;
  beforeAll(async () => {
    server = await startServer();
    for (const [name, definition] of Object.entries(definitions))
      await server.send({ method: 'PUT', path: `/api/process_definition/${name}/`, body: { definition } });
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${server.url}/docs`);
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });
}

/** Presses Authorize, and gives a name and a password. */
export async function authorize(page: Page, username: string, password: string): Promise<void> {
  await page.locator('.btn.authorize').first().click();
  const form = page.locator('.modal-ux form').filter({ has: page.locator('input[type=password]') });
  await form.locator('input[type=text]').fill(username);
  await form.locator('input[type=password]').fill(password);
  await form.locator('button[type=submit]').click();
  await page.locator('.modal-ux .btn-done').first().click();
}
