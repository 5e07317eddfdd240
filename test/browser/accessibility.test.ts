// Every view, dark and light, wide and narrow: nothing that axe finds serious, nothing that scrolls sideways, nothing in the console.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seriousOf } from '../support/axe.js';
import { expectQuiet, launchBrowser, openPage, signIn } from '../support/page.js';
import { startServer, type TestServer } from '../support/server.js';
import { type Addresses, fillViews, knownViews } from '../support/views.js';

/** Until what a view asks of the server is there. */
const settledMs = 500;

let server: TestServer;
let browser: Browser;
let addresses: Addresses;

beforeAll(async () => {
  server = await startServer();
  addresses = await fillViews(server);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

test('Every view of the page is looked at here', () => {
  expect(knownViews().length).toBeGreaterThan(4);
  expect(knownViews().filter((key) => !(key in addresses))).toEqual([]);
});

test.each([
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 390 },
  { colorScheme: 'dark', width: 390 },
] as const)(
  'In $colorScheme and $width px wide no view has what axe finds serious, and none says anything in the console',
  async ({ colorScheme, width }) => {
    const options = { colorScheme, viewport: { width, height: 844 } };
    const apart = await openPage(browser, server, options);
    await apart.open('sign-in');
    const found = await seriousOf(apart.page.mainFrame(), 'sign-in');
    expectQuiet(apart);
    await apart.close();
    const opened = await signIn(browser, server, 'admin:secret', options);
    for (const path of Object.values(addresses).flat()) {
      if (path === 'sign-in') continue;
      await opened.open(path);
      await opened.page.waitForTimeout(settledMs);
      for (const frame of opened.page.frames()) found.push(...(await seriousOf(frame, path)));
    }
    expect(found).toEqual([]);
    expectQuiet(opened);
    await opened.close();
  },
  300_000,
);

test('At 360 px nothing scrolls sideways', async () => {
  const opened = await signIn(browser, server, 'admin:secret', { viewport: { width: 360, height: 740 } });
  const wide: string[] = [];
  for (const path of Object.values(addresses).flat()) {
    if (path === 'sign-in') continue;
    await opened.open(path);
    await opened.page.waitForTimeout(settledMs);
    const width = await opened.page.evaluate('document.documentElement.scrollWidth');
    if (Number(width) > 360) wide.push(`${path}: ${width}`);
  }
  expect(wide).toEqual([]);
  expectQuiet(opened);
  await opened.close();
}, 120_000);
