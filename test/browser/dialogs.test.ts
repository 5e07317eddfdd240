// Every dialog of the page, dark and light, wide and narrow: nothing that axe finds serious, and Escape closes it.
import { type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seriousOf } from '../support/axe.js';
import { expectQuiet, launchBrowser, signIn } from '../support/page.js';
import { startServer, type TestServer } from '../support/server.js';
import { type Addresses, fillViews } from '../support/views.js';

let server: TestServer;
let browser: Browser;
let addresses: Addresses;

beforeAll(async () => {
  server = await startServer();
  await server.send({ method: 'POST', path: '/api/user/', body: { username: 'ann', password: 'password-of-ann', role: 'author' } });
  addresses = await fillViews(server);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** An item of a menu, by the name that screen readers say of the menu. */
const choose = (menu: string, item: string) => async (page: Page) => {
  await page.click(`summary[aria-label="${menu}"]`);
  await page.click(`details[open] .menu-items >> text="${item}"`);
};
const click = (selector: string) => (page: Page) => page.click(selector);

/** By its title: the view, of several of its kind the number, and what opens it. */
const dialogs: Record<string, { view: string; number?: number; open: (page: Page) => Promise<unknown> }> = {
  Keys: { view: 'definitions', open: (page) => page.keyboard.press('?') },
  'Bind a program': { view: 'operations', number: 1, open: click('text="Bind a program"') },
  'Delete a binding': { view: 'operations', number: 1, open: click('[aria-label="Delete the binding of in"]') },
  'New user': { view: 'operations', number: 2, open: click('text="New user"') },
  'Password of a user': { view: 'operations', number: 2, open: choose('More of ann', 'Set a password') },
  'Tokens of a user': { view: 'operations', number: 2, open: choose('More of ann', 'Tokens') },
  'Delete a user': { view: 'operations', number: 2, open: choose('More of ann', 'Delete') },
  'Stop all runs': { view: 'operations', number: 3, open: click('text="Stop all runs…"') },
  'Send a signal': { view: 'runs/*', number: 2, open: choose('More about this run', 'Send a signal…') },
  'Use an output': { view: 'runs/*', number: 0, open: choose('More about this run', 'Use this output as input of…') },
  'Remove a run': { view: 'runs/*', number: 0, open: choose('More about this run', 'Remove…') },
};

test.each([
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 390 },
] as const)(
  'In $colorScheme and $width px wide each dialog has nothing that axe finds serious, fits, and closes with Escape',
  async ({ colorScheme, width }) => {
    const opened = await signIn(browser, server, 'admin:secret', { colorScheme, viewport: { width, height: 844 } });
    const { page } = opened;
    const found: string[] = [];
    for (const [name, { view, number = 0, open }] of Object.entries(dialogs)) {
      await opened.open(addresses[view]?.[number] as string);
      await page.waitForSelector('h1');
      await open(page);
      const dialog = page.locator('dialog[open]');
      await dialog.waitFor();
      found.push(...(await seriousOf(page.mainFrame(), `${name}, ${width} px`)));
      const box = await dialog.boundingBox();
      if (!box || box.x < 0 || box.x + box.width > width) found.push(`${name}: ${JSON.stringify(box)} is wider than ${width} px`);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
    expect(found).toEqual([]);
    expectQuiet(opened);
    await opened.close();
  },
  120_000,
);
