// Swagger UI in a real browser: axbxc is typed there and comes back as abc.
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let browser: Browser;
const problems: string[] = [];

beforeAll(async () => {
  server = await startServer();
  const body = { definition: { exec: '/usr/bin/tr', argv: ['-d', 'x'] } };
  await server.send({ method: 'PUT', path: '/api/process_definition/tr/', body });
  const quiet = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: quiet });
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

async function openDocumentation(): Promise<Page> {
  const context = await browser.newContext({ httpCredentials: { username: 'admin', password: 'secret', origin: server.url } });
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(`${server.url}/docs`);
  return page;
}

test('the documentation loads without a login', async () => {
  expect((await server.send({ path: '/docs', login: '' })).status).toBe(200);
  expect(
    (await server.send({ path: '/docs-json', login: '' })).json.paths['/api/process_definition/{ref}/execute/'].post.requestBody.content,
  ).toHaveProperty('text/plain');
});

test('a message typed into execute comes back as the output', async () => {
  const page = await openDocumentation();
  const route = page.locator('.opblock', { hasText: '/{ref}/execute/' });
  await route.locator('.opblock-summary-control').click();
  await route.locator('tr[data-param-name="ref"] input').fill('tr');
  await route.locator('.body-param textarea').fill('axbxc');
  await route.locator('button.execute').click();
  const answer = route.locator('.live-responses-table .response-col_description .highlight-code').first();
  await answer.waitFor();
  expect(await answer.textContent()).toContain('abc');
  expect(problems).toEqual([]);
});
