// Lighthouse on the views that decide whether people stay; and how soon something is to be seen.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.js';
import { launchBrowser, openPage } from '../support/page.js';
import { defined, shell } from '../support/programs.js';
import { projectRoot, startServer, type TestServer } from '../support/server.js';

type Lighthouse = (url: string, flags: object) => Promise<{ lhr: { categories: Record<string, { score: number }>; audits: Audits } }>;
interface Audit {
  score: number | null;
  title: string;
  displayValue?: string;
  details?: { items?: { url: string }[] };
}
type Audits = Record<string, Audit>;

const judged = ['performance', 'accessibility', 'best-practices'];
const firstPaintMs = 1000;

/** Its own packages: nothing else needs its hundred megabytes. */
const lighthouse = async (): Promise<Lighthouse> => {
  const path = join(projectRoot, 'test/lighthouse/node_modules/lighthouse/core/index.js');
  return (await import(path).catch(() => Promise.reject(new Error('npm run test:setup -- --release installs Lighthouse')))).default;
};

describe('Lighthouse gives at least 95 for performance, accessibility and best practices', () => {
  let server: TestServer;
  let context: BrowserContext;
  let port: number;
  let run: string;
  const profile = mkdtempSync(join(tmpdir(), 'procreg-lighthouse-'));

  beforeAll(async () => {
    server = await startServer();
    for (let number = 1; number <= 20; number++) {
      const path = await defined(
        server,
        shell('seq 1 200', { name: `program-${number}`, description: 'Counts to 200', tags: ['numbers'] }),
      );
      run = (await server.send({ method: 'POST', path: `${path}execute/` })).headers['run-id'] as string;
    }
    port = await freePort();
    const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', `--remote-debugging-port=${port}`];
    // Lighthouse opens tabs of its own in the browser that is signed in
    context = await chromium.launchPersistentContext(profile, { executablePath: '/usr/bin/chromium', args });
    const page = await context.newPage();
    await page.goto(`${server.url}/ui/sign-in`);
    await page.fill('[name=username]', 'admin');
    await page.fill('[name=password]', 'secret');
    await page.click('button[type=submit]');
    await page.waitForSelector('main#main');
    await page.close();
  });

  afterAll(async () => {
    await context.close();
    await server.stop();
    rmSync(profile, { recursive: true, force: true });
  });

  // the last one ends the session of the browser
  test.each([
    { view: 'definitions', asks: () => '/api/process_definition/' },
    { view: 'run', asks: () => `/api/run/${run}/` },
    { view: 'sign-in', asks: () => null },
  ])(
    'on the view $view',
    // what else the machine does makes it slower, and nothing makes it faster
    { timeout: 180_000, retry: 2 },
    async ({ view, asks }) => {
      const isSignIn = view === 'sign-in';
      if (isSignIn) await forgetKey();
      const flags = { port, output: 'json', onlyCategories: judged, disableStorageReset: true, logLevel: 'error' };
      const address = `${server.url}/ui/${view === 'run' ? `runs/${run}` : view}`;
      const { categories, audits } = (await (await lighthouse())(address, flags)).lhr;
      const asked = audits['network-requests'].details!.items!.map(({ url }) => new URL(url).pathname);
      expect(asked).toEqual(isSignIn ? expect.not.arrayContaining(['/api/me/']) : expect.arrayContaining([asks()]));
      const scores = Object.fromEntries(judged.map((name) => [name, Math.round(categories[name].score * 100)]));
      console.log(view, scores, 'first contentful paint', audits['first-contentful-paint'].displayValue);
      const lacking = Object.values(audits).filter(({ score }) => score !== null && score < 0.9);
      const low = judged.filter((name) => scores[name] < 95).map((name) => `${name} ${scores[name]}`);
      expect(low.length > 0 ? [...low, ...lacking.map(({ title, displayValue }) => `${title} ${displayValue}`)] : []).toEqual([]);
    },
  );

  async function forgetKey(): Promise<void> {
    const page = await context.newPage();
    await page.goto(`${server.url}/ui/icon.svg`);
    await page.evaluate('localStorage.clear()');
    await page.close();
  }
});

test('On a server that was just started the first words are there within a second', async () => {
  const browser = await launchBrowser();
  const server = await startServer();
  const opened = await openPage(browser, server);
  await opened.open('sign-in');
  const painted = await opened.page.evaluate(`new Promise((resolve) => {
    new PerformanceObserver((list) => list.getEntriesByName('first-contentful-paint').forEach(({ startTime }) => resolve(startTime)))
      .observe({ type: 'paint', buffered: true });
  })`);
  console.log('first contentful paint on a server that was just started', Math.round(painted as number), 'ms');
  expect(painted).toBeLessThan(firstPaintMs);
  await browser.close();
  await server.stop();
});
