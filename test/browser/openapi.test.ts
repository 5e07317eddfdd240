// The page does nothing that curl could not do: each of its requests is an operation of the OpenAPI document, with parameters that are known there.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectQuiet, launchBrowser, type OpenedPage, signIn } from '../support/page.js';
import { type RecordingProxy, recordRequests } from '../support/recording-proxy.js';
import { startServer, type TestServer } from '../support/server.js';
import { fillViews } from '../support/views.js';

interface Operation {
  parameters?: { name: string; in: string }[];
}
type Paths = Record<string, Record<string, Operation>>;

let server: TestServer;
let browser: Browser;
let proxy: RecordingProxy;

beforeAll(async () => {
  server = await startServer();
  proxy = await recordRequests(server.url);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  proxy.close();
  await server.stop();
});

/** Those that one definition or another has, and the filters of tastypie, of which the document gives one example. */
const everywhere: [path: RegExp, names: RegExp][] = [
  [/^\/api\/process_definition\/[^/]+\/(execute|call|explain)\/$/, /./],
  [/^\/api\/process_definition\/$/, /^(id|name|exec|application|process_type)(__[a-z]+)?$/],
];

/** Why the request is none of the document's; null: it is one. */
function strangeIn(request: string, paths: Paths): string | null {
  const [method, address] = request.split(' ');
  const { pathname, searchParams } = new URL(address, server.url);
  const found = Object.keys(paths)
    .filter((path) => formOf(path).test(pathname))
    .sort((one, other) => one.split('{').length - other.split('{').length)
    .map((path) => paths[path][method === 'HEAD' ? 'get' : method.toLowerCase()])
    .find((operation) => operation);
  if (!found) return `${request}: no such operation`;
  const known = new Set(found.parameters?.filter((one) => one.in === 'query').map(({ name }) => name));
  const isKnown = (name: string) => known.has(name) || everywhere.some(([path, names]) => path.test(pathname) && names.test(name));
  const unknown = [...searchParams.keys()].filter((name) => !isKnown(name));
  return unknown.length > 0 ? `${request}: unknown ${unknown}` : null;
}

/** `{path}` may contain slashes; a slash at the end may be left out. */
function formOf(path: string): RegExp {
  const escaped = path.replace(/[.?]/g, '\\$&').replace(/\/$/, '/?');
  return new RegExp(`^${escaped.replace('{path}', '.+').replace(/\{[^}]+\}/g, '[^/]+')}$`);
}

/** What people do besides looking. */
async function act({ page, open }: OpenedPage): Promise<void> {
  await open('services');
  await page.getByRole('button', { name: 'Stop service' }).click();
  await page.getByRole('button', { name: 'Start service' }).click();
  await page.getByRole('button', { name: 'Stop service' }).waitFor();
  await open('streams/in');
  await page.getByLabel('Message', { exact: true }).fill('one');
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByText(/^Published \d/).waitFor();
  await open('operations/bindings');
  await page.getByRole('checkbox', { name: 'Enabled' }).first().click();
  await open('account');
  await page.getByLabel('New token').fill('walked');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.locator('.shown-once').waitFor();
  await open('terminal');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.frameLocator('iframe').getByText('Connected').waitFor();
  await page.getByLabel('Account of admin').click();
  await page.locator('header').getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
}

test('Each request of a walk through all views is an operation of the document', async () => {
  const { paths } = (await server.send({ path: '/docs-json', login: '' })).json as { paths: Paths };
  const addresses = await fillViews(server);
  const opened = await signIn(browser, { ...server, url: proxy.url });
  for (const address of Object.values(addresses).flat()) {
    await opened.open(address);
    await opened.page.waitForTimeout(300);
  }
  await act(opened);
  expectQuiet(opened);
  await opened.close();
  const asked = [...new Set(proxy.requests.filter((request) => !request.includes(' /ui/')))];
  // a tab, the worker that all tabs share, and the document of the terminal
  for (const one of [/^POST \/api\/session\/$/, /^GET \/api\/event\//, /^GET \/api\/run\/[^/]+\/attach\/\?-ticket=/])
    expect(asked.filter((request) => one.test(request))).not.toEqual([]);
  expect(asked.map((request) => strangeIn(request, paths)).filter((strange) => strange !== null)).toEqual([]);
  expect(strangeIn('GET /api/run/?unknown=1', paths)).toContain('unknown unknown');
  expect(strangeIn('PUT /api/run/', paths)).toContain('no such operation');
}, 180_000);
