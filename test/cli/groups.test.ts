// procreg send, messages, stream, binding, lane, user and token, and two servers that are never mixed up.
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newClient } from '../support/client.js';
import { startServer, type TestServer } from '../support/server.js';

const procreg = newClient();
let server: TestServer;
let other: TestServer;

beforeAll(async () => {
  [server, other] = await Promise.all([startServer(), startServer()]);
  for (const [name, { url }] of Object.entries({ other, here: server }))
    await procreg(['login', url, '--name', name, '-u', 'admin', '--password-stdin'], { input: 'secret\n' });
});
afterAll(() => Promise.all([server.stop(), other.stop()]));

const stdoutOf = async (...words: string[]) => {
  const end = await procreg(words);
  expect(end.code, end.stderr).toBe(0);
  return end.stdout;
};

test('send starts a service and gives it messages, and messages prints what comes back', async () => {
  await stdoutOf(
    'new',
    'louder',
    '--service',
    '--',
    'sh',
    '-c',
    'while read -r line; do echo "$line" | tr a-z A-Z; [ "$line" != end ] || exit 0; done',
  );
  expect((await procreg(['send', 'louder', 'a text'])).stderr).toBe('Sent to louder on here.\n');
  expect((await procreg(['send', 'louder'], { input: 'from stdin' })).code).toBe(0);
  const { objects } = (await server.send({ path: '/api/run/?definition=louder' })).json;
  const printed = Promise.withResolvers<void>();
  const messages = procreg(['messages', 'louder'], { heard: (stdout) => stdout.includes('FROM STDIN') && printed.resolve() });
  await printed.promise;
  expect((await procreg(['send', objects[0].id, 'end'])).code).toBe(0);
  expect(await messages).toEqual({ code: 0, stdout: 'A TEXT\nFROM STDIN\nEND\n', stderr: '' });
  await stdoutOf('new', 'single', '--', 'cat');
  expect((await procreg(['send', 'single', 'x'])).stderr).toMatch(/is not a service.*\nhint: procreg run single/);
});

test('A message of a stream goes through a binding', async () => {
  await stdoutOf('new', 'upper', '--', 'tr', 'a-z', 'A-Z');
  const id = (await stdoutOf('binding', 'create', 'upper', '--from', 'in', '--to', 'memory:out')).trim();
  const followed = procreg(['stream', 'follow', 'out', '-n', '1', '--json']);
  for (;;) {
    await stdoutOf('stream', 'publish', 'in', 'some words');
    if (await Promise.race([followed.then(() => true), new Promise((resolve) => setTimeout(resolve, 200, false))])) break;
  }
  expect(JSON.parse((await followed).stdout).data).toBe('SOME WORDS');
  await stdoutOf('binding', 'set', id, '--concurrency', '2', '--disable');
  expect(JSON.parse(await stdoutOf('binding', 'show', id, '--json'))).toMatchObject({ concurrency: 2, enabled: false });
  expect(await stdoutOf('binding', 'ls')).toMatch(new RegExp(`^ID .*\\n${id} .* memory:in +memory:out +disabled`));
  expect(await stdoutOf('binding', 'rm', id)).toBe(`removed binding ${id} from here\n`);
  expect((await procreg(['stream', 'publish', 'a/b', 'x'])).code).toBe(2);
});

test('Users, tokens and lanes are listed and changed', async () => {
  await procreg(['user', 'create', 'eve', '--role', 'author', '--password-stdin'], { input: 'secret\n' });
  const made = await procreg(['token', 'create', 'ci', '--user', 'eve', '--role', 'viewer']);
  const env = { PROCREG_URL: server.url, PROCREG_TOKEN: made.stdout.trim() };
  expect((await procreg(['def', 'ls'], { env })).code).toBe(0);
  expect((await procreg(['new', 'forbidden', '--', 'cat'], { env })).stderr).toContain('(forbidden)');
  const id = (await stdoutOf('token', 'ls', '--user', 'eve', '-q')).trim();
  expect((await procreg(['token', 'rm', 'ci'])).stderr).toContain('hint: tokens go by their ids: procreg token ls');
  await stdoutOf('token', 'rm', id, '--user', 'eve');
  expect((await procreg(['def', 'ls'], { env })).stderr).toMatch(/\(unauthenticated\)\nhint: procreg login http/);
  await stdoutOf('user', 'set', 'eve', '--role', 'viewer', '--disable');
  expect(await stdoutOf('user', 'ls')).toMatch(/\neve +2 +viewer +\S+ +disabled\n/);
  expect((await procreg(['user', 'rm', 'eve'])).stderr).toContain('Remove eve and their tokens from here?');
  expect(await stdoutOf('user', 'rm', 'eve', '--yes')).toBe('removed eve from here\n');
  expect(await stdoutOf('lane', 'set', 'cpu', '3')).toContain('lane cpu on here: limit 3');
  expect(JSON.parse(await stdoutOf('lane', 'ls', '--json'))).toContainEqual(expect.objectContaining({ name: 'cpu', limit: 3 }));
});

test('events are followed over a restart of the server, which may have lost some, and chosen by type', async () => {
  const first = await startServer();
  const port = new URL(first.url).port;
  const login = {
    PROCREG_URL: first.url,
    PROCREG_TOKEN: (await first.send({ method: 'POST', path: '/api/token/', body: { name: 'a' } })).json.token,
  };
  const put = (on: TestServer, name: string) =>
    on.send({ method: 'PUT', path: `/api/process_definition/${name}/`, body: { definition: { exec: 'true' } } });
  const words = ['events', '--type', 'lane', '--type', 'definition.created'];
  const lines = procreg([...words, '-n', '20'], { env: login });
  const json = procreg([...words, '-n', '1', '--json'], { env: login });
  for (let turn = 0; !(await Promise.race([json.then(() => true), sleep(500, false)])); turn++) await put(first, `turn-${turn}`);
  expect(JSON.parse((await json).stdout)).toMatchObject({ specversion: '1.0', type: 'io.process-registry.definition.created.v1' });
  await first.stop({ keep: true });
  const second = await startServer({ PORT: port }, { dataDir: first.dataDir });
  for (let turn = 0; !(await Promise.race([lines.then(() => true), sleep(20, false)])); turn++) await put(second, `later-${turn}`);
  expect((await lines).code).toBe(0);
  expect((await lines).stdout).toMatch(
    /^\S+Z definition\.created \d+ name=turn-\d owner=admin revision=1 visibility=private\n[\s\S]*Z events\.lost[\s\S]*name=later-/,
  );
  await second.stop();
});

describe('two servers', () => {
  test('what is removed is said with the server, and the other keeps it', async () => {
    for (const name of ['here', 'other']) await stdoutOf('-s', name, 'new', 'twin', '--', 'cat');
    expect(await stdoutOf('--server', 'other', 'def', 'rm', 'twin')).toBe('removed twin from other\n');
    expect(await stdoutOf('def', 'ls', '-q', '--search', 'twin')).toBe('twin\n');
    expect(await stdoutOf('-s', 'other', 'def', 'ls', '-q')).toBe('');
  });

  test('a token is sent to its own server only, also when another is named by its URL, or leads there', async () => {
    const heard: IncomingHttpHeaders[] = [];
    const stranger = createServer(({ headers }, response) => {
      heard.push(headers);
      response.writeHead(302, { location: `${server.url}/api/process_definition/` }).end();
    });
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
    const ways: [string[], Record<string, string>][] = [
      [['def', 'ls'], { PROCREG_URL: url }],
      [['--server', url, 'def', 'ls'], {}],
    ];
    for (const [words, env] of ways) {
      const { code, stderr } = await procreg(words, { env });
      expect([code, stderr]).toEqual([1, expect.stringContaining('answered 302')]);
    }
    stranger.close();
    expect(heard.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
  });

  test('a login with a wrong password says so, and does not hint at a login', async () => {
    const { code, stderr } = await procreg(['login', server.url, '-u', 'admin', '--password-stdin'], { input: 'wrong\n' });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/\(unauthenticated\)\nhint: is the password of admin right\?\n$/)]);
  });

  test('a second login under the same name revokes the token that it replaces', async () => {
    const client = newClient();
    for (const name of ['again', 'again', 'apart'])
      await client(['login', server.url, '--name', name, '-u', 'admin', '--password-stdin'], { input: 'secret\n' });
    const profiles = JSON.parse(readFileSync(join(client.folder, 'procreg/servers.json'), 'utf8')).servers;
    const ids = (await client(['token', 'ls', '-q'])).stdout.trim().split('\n').map(Number);
    expect([ids.includes(profiles.again.tokenId), ids.includes(profiles.again.tokenId - 1)]).toEqual([true, false]);
  });

  test('the file with the tokens is 0600, and refused when others can read it', async () => {
    const path = join(procreg.folder, 'procreg/servers.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const tokens = Object.values(JSON.parse(readFileSync(path, 'utf8')).servers as Record<string, { token: string }>);
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(2);
    chmodSync(path, 0o640);
    const { code, stderr } = await procreg(['def', 'ls']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/can be read or written by others\nhint: chmod 600/)]);
    chmodSync(path, 0o600);
  });
});
