// The short addresses: /call/NAME runs a definition, and /r/ID leads to a run.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defined, ran, shell, shellWith } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const ann = 'ann:ann-password';
const bob = 'bob:bob-password';
const cat = 'cat:pw';
/** Says the name of its input file, then its content. */
const named = (name: string, more: object = {}) => ({ ...shellWith('basename "$1"; cat "$1"', ['${input_file}']), name, ...more });

let server: TestServer;
let folder: string;

beforeAll(async () => {
  server = await startServer();
  for (const login of [ann, bob, cat, 'dan:pw', 'eve:pw']) await server.user(login, 'author');
  folder = mkdtempSync(join(tmpdir(), 'procreg-call-'));
  writeFileSync(join(folder, 'a.wav'), 'sound');
  await defined(server, named('mp3'), ann);
  await defined(server, named('share', { visibility: 'shared' }), ann);
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

function curl(login: string, path: string, ...options: string[]): string {
  return execFileSync('curl', ['-s', '-u', login, ...options, server.url + path], { cwd: folder, encoding: 'utf8' });
}

describe('/call/', () => {
  test.each([
    ['POST', '/call/mp3', 'input'],
    ['PUT', '/call/mp3/', 'input'],
    ['PUT', '/call/mp3/a.wav', 'input.wav'],
    ['PUT', '/call/ann/mp3', 'input'],
    ['PUT', '/call/ann/mp3/a.wav', 'input.wav'],
    ['POST', '/call/ann:mp3/?-input_file=b.ogg', 'b.ogg'],
  ])('%s %s runs the definition of the caller', async (method, path, name) => {
    const answer = await server.send({ method, path, login: ann, body: 'sound' });
    expect([answer.status, answer.text]).toEqual([200, `${name}\nsound`]);
  });

  test('curl -T sends a file and stores the output, with and without a last slash', () => {
    expect([curl(ann, '/call/mp3', '-T', 'a.wav'), curl(ann, '/call/mp3/', '-T', 'a.wav')]).toEqual(['input\nsound', 'input.wav\nsound']);
  });

  test.each(['/call/share', '/call/ann/share/a.wav', '/call/share/a.wav'])('%s runs a shared definition of another user', async (path) => {
    expect((await server.send({ method: 'PUT', path, login: bob, body: 'x' })).status).toBe(200);
  });

  test.each([
    ['/call/mp3', 404, 'not_found'],
    ['/call/ann/mp3/a.wav', 404, 'not_found'],
    ['/call/none/a.wav', 404, 'not_found'],
    ['/call/ann/share1', 404, 'not_found'],
    ['/call/share/noextension', 404, 'not_found'],
  ])('%s of another user is %d', async (path, status, code) => {
    const answer = await server.send({ method: 'PUT', path, login: bob, body: 'x' });
    expect([answer.status, answer.json.code]).toEqual([status, code]);
  });

  test('an own definition with the name of a user takes files; no definition of another user changes what an address means', async () => {
    await defined(server, { ...shell('echo own'), name: 'ann' }, cat);
    const answers = async (...paths: string[]) => {
      const sent = paths.map((path) => server.send({ method: 'PUT', path, login: cat, body: 'x' }));
      return (await Promise.all(sent)).map(({ status, text }) => (status === 200 ? text : status));
    };
    expect(await answers('/call/ann/mp3', '/call/ann/share', '/call/ann/a.wav', '/call/ann:share')).toEqual([
      'own\n',
      'own\n',
      'own\n',
      'input\nx',
    ]);
    for (const login of [bob, 'dan:pw']) await defined(server, { ...shell('echo taken'), name: 'eve', visibility: 'shared' }, login);
    await defined(server, named('for-all', { visibility: 'shared' }), 'eve:pw');
    expect(await answers('/call/eve/for-all', '/call/eve/for-al', '/call/eve/a.wav')).toEqual(['input\nx', 404, 404]);
  });

  test('a service, parameters and preferences work as with execute/', async () => {
    await defined(server, {
      ...shellWith('echo "$1"', ['${word}']),
      name: 'say',
      parameters: { properties: { word: { type: 'string' } }, required: ['word'] },
    });
    const answer = await server.send({ method: 'POST', path: '/call/say?word=hi', headers: { prefer: 'respond-async' } });
    expect([answer.status, answer.headers['preference-applied']]).toEqual([202, 'respond-async']);
    await defined(server, { exec: '/bin/cat', name: 'echo', process_type: 'service' });
    const delivered = await server.send({ method: 'PUT', path: '/call/echo/a.txt', body: 'hello' });
    expect([delivered.status, delivered.json.ready]).toEqual([202, true]);
  });
});

describe('/r/', () => {
  test('ID leads to the record of a run, or is the record where JSON is asked for', async () => {
    const run = await ran(server, { exec: '/bin/true' });
    const short = `/r/${run.split('/')[3]}`;
    for (const path of [short, `${short}/`]) {
      const { status, headers } = await server.send({ path, login: adminLogin });
      expect([status, headers.location]).toEqual([303, run]);
    }
    const asked = { path: short, headers: { accept: 'application/json' } };
    expect((await server.send(asked)).json.resource_uri).toBe(run);
    expect((await server.send({ ...asked, login: bob })).status).toBe(404);
  });
});
