// Pictures of every view, wide and narrow, light and dark, of a server that is in use. With PICTURES=1 they are those of docs/pictures.
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, openPage, signIn } from '../support/page.js';
import { projectRoot, startServer, type TestServer } from '../support/server.js';
import { fillShowcase, type Showcase } from '../support/showcase.js';

const folder = process.env.PICTURES ? join(projectRoot, 'docs/pictures') : mkdtempSync(join(tmpdir(), 'procreg-pictures-'));

let server: TestServer;
let browser: Browser;
let showcase: Showcase;

beforeAll(async () => {
  server = await startServer();
  browser = await launchBrowser();
  showcase = await fillShowcase(server);
  mkdirSync(folder, { recursive: true });
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

const kinds = [
  { width: 1280, height: 800, colorScheme: 'light' },
  { width: 1280, height: 800, colorScheme: 'dark' },
  { width: 390, height: 844, colorScheme: 'light' },
  { width: 390, height: 844, colorScheme: 'dark' },
] as const;

test.each(kinds)('Each view has its picture at $width px, $colorScheme', { timeout: 180_000 }, async ({ width, height, colorScheme }) => {
  const stranger = await openPage(browser, server, { viewport: { width, height }, colorScheme });
  await stranger.open('sign-in');
  await stranger.page.screenshot({ path: join(folder, `sign-in-${width}-${colorScheme}.png`) });
  await stranger.close();
  const opened = await signIn(browser, server);
  const { page } = opened;
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  for (const [name, { path, ready }] of Object.entries(showcase.views)) {
    await page.goto(`${server.url}/ui/${path}`);
    await page.locator(ready).first().waitFor();
    await page.waitForTimeout(500);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${name} scrolls sideways`).toBeLessThanOrEqual(0);
    await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
  }
  await opened.close();
});
