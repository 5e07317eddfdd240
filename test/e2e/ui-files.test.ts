// The page's files below /ui/: without a login, with a policy that fits each, and led to by anyone who opens another address in a browser.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyProduct } from '../support/copied-product.js';
import { startServer, type TestServer } from '../support/server.js';

const product = copyProduct();
const web = join(product.folder, 'dist/web');
const script = 'console.log("a script of the page");\n'.repeat(50);
const files: Record<string, string | Buffer> = {
  'index.html': '<!doctype html><script type="module" src="/ui/assets/app-1a2b.js"></script><p>the page</p>',
  'terminal.html': '<!doctype html><p>the terminal</p>',
  'assets/app-1a2b.js': script,
  'assets/app-1a2b.js.br': brotliCompressSync(script),
  'assets/app-1a2b.js.gz': gzipSync(script),
  'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
};

let server: TestServer;
beforeAll(async () => {
  mkdirSync(join(web, 'assets'), { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(web, name), content);
  writeFileSync(join(product.folder, 'dist/secret.html'), 'not of the page');
  const settings = { BASE_PATH: '/base', EMBED_ORIGINS: 'https://wiki.example, https://*.example.org:8443' };
  server = await startServer(settings, { bundle: product.bundle });
});
afterAll(async () => {
  await server.stop();
  rmSync(product.folder, { recursive: true, force: true });
});

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  server.send({ method, path: `/base${path}`, headers, login: '' });
const policy = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; frame-src 'self' blob:";

describe('below /ui/', () => {
  test.each<[string, string, string | undefined]>([
    ['', "frame-ancestors 'none'", 'DENY'],
    ['sign-in', "frame-ancestors 'none'", 'DENY'],
    ['definitions/tr?bitrate=192k', "frame-ancestors 'none'", 'DENY'],
    ['embedded', "frame-ancestors 'none'", 'DENY'],
    ['embed/tr', 'frame-ancestors https://wiki.example https://*.example.org:8443', undefined],
    ['terminal.html', "style-src 'self' 'unsafe-inline'; frame-ancestors 'self'", undefined],
  ])("the document at '%s' needs no login, and has its policy", async (path, more, frames) => {
    const { status, text, headers } = await get(`/ui/${path}`);
    const isTerminal = path === 'terminal.html';
    expect([status, text]).toEqual([200, isTerminal ? files['terminal.html'] : String(files['index.html']).replace('/ui/', '/base/ui/')]);
    expect([headers['content-security-policy'], headers['x-frame-options']]).toEqual([`${policy}; ${more}`, frames]);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
    });
    const again = await get(`/ui/${path}`, { 'if-none-match': String(headers.etag) });
    expect([again.status, again.text]).toEqual([304, '']);
    const head = await get(`/ui/${path}`, {}, 'HEAD');
    expect([head.status, head.headers['content-length'], head.text]).toEqual([200, String(text.length), '']);
  });

  test('an asset, whose name has a digest, is kept, and compressed as it was built', async () => {
    const path = '/ui/assets/app-1a2b.js';
    const plain = await get(path);
    expect([plain.text, plain.headers['content-type'], plain.headers.vary]).toEqual([
      script,
      'text/javascript; charset=utf-8',
      'Accept-Encoding',
    ]);
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    for (const [accepted, encoding, extension] of [
      ['gzip, deflate, br', 'br', '.br'],
      ['gzip;q=0.5, br;q=0', 'gzip', '.gz'],
      ['deflate', undefined, ''],
    ] as const) {
      const answer = await get(path, { 'accept-encoding': accepted });
      expect([answer.headers['content-encoding'], answer.bytes]).toEqual([encoding, Buffer.from(files[`assets/app-1a2b.js${extension}`])]);
    }
    expect((await get('/ui/icon.svg')).headers).toMatchObject({ 'content-type': 'image/svg+xml', 'cache-control': 'no-cache' });
  });

  test('nothing else is found: no missing asset, no file outside, no other method', async () => {
    for (const path of [
      '/ui/assets/app-0000.js',
      '/ui/assets/app-1a2b.js.br',
      '/ui/assets/../../bundle/main.js',
      '/ui/assets%2F..%2F..%2Fsecret.html',
    ])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    for (const path of ['/ui/../secret.html', '/ui/..%2Fsecret.html', '/ui/%2e%2e/secret.html', '/ui//etc/passwd', '/ui/index.html%00'])
      expect([path, (await get(path)).text]).toEqual([path, String(files['index.html']).replace('/ui/', '/base/ui/')]);
    expect((await get('/ui/', {}, 'POST')).status).toBe(405);
    const led = await get('/ui?a=b');
    expect([led.status, led.headers.location]).toEqual([308, '/base/ui/?a=b']);
  });
});

describe('a browser', () => {
  const opened = { 'sec-fetch-mode': 'navigate', accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

  test.each<[string, string]>([
    ['/api/run/1/output/?-ticket=pt_x&a=b', '/base/api/run/1/output/%3Fa%3Db'],
    ['/r/0193', '/base/r/0193'],
    ['/no/such?x=%22<', '/base/no/such%3Fx%3D%2522%3C'],
    ['//evil.example/x', '/base/'],
    ['/\\evil.example', '/base/'],
  ])('that opens %s without a login is led to the sign-in, and knows where to go then', async (path, then) => {
    const { status, headers } = await server.send({ path: `/base${path}`, headers: opened, login: '' });
    expect([status, headers.location]).toEqual([303, `/base/ui/sign-in#then=${then}`]);
  });

  test('is told 401 where it does not open an address, shows a password, or uses one of a page that has ended', async () => {
    const others: Record<string, string>[] = [
      { ...opened, accept: '*/*' },
      { ...opened, 'sec-fetch-mode': 'cors' },
      { accept: opened.accept },
    ];
    for (const headers of [...others, { ...opened, authorization: 'Basic eDp5' }])
      expect((await get('/api/run/', headers)).status).toBe(401);
    expect((await get('/api/run/', opened, 'POST')).status).toBe(401);
    expect((await get('/run-page/pt_x/', opened)).status).toBe(401);
    expect((await server.send({ path: '/base/api/run/', headers: opened })).status).toBe(200);
    for (const path of ['/docs', '/health', '/about']) expect([path, (await get(path, opened)).status]).toEqual([path, 200]);
  });

  test('finds the page at the address of the server, and a program what it found before', async () => {
    const led = await get('/', opened);
    expect([led.status, led.headers.location]).toEqual([302, '/base/ui/']);
    expect((await get('/')).json.name).toBe('process-registry');
  });
});

test('/about says as JSON what this server offers, and as text the version', async () => {
  const { headers, json } = await get('/about', { accept: 'application/json' });
  expect(json).toEqual({
    version: (await get('/about', { accept: '*/*' })).text,
    features: expect.arrayContaining(['sessions', 'tickets', 'run-page', 'ui']),
  });
  expect(headers.vary).toContain('Accept');
});

test('a server without the page says how it is built, and leads browsers to its documentation', async () => {
  rmSync(web, { recursive: true });
  const bare = await startServer({}, { bundle: product.bundle });
  const headers = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };
  const shown = await bare.send({ path: '/ui/', headers, login: '' });
  expect([shown.status, shown.json.detail]).toEqual([404, expect.stringContaining('npm start')]);
  expect((await bare.send({ path: '/', headers, login: '' })).headers.location).toBe('/docs');
  expect((await bare.send({ path: '/api/run/', headers, login: '' })).status).toBe(401);
  expect((await bare.send({ path: '/about', headers: { accept: 'application/json' } })).json.features).not.toContain('ui');
  await bare.stop();
});
