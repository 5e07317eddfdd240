// procreg at a server that means harm: what it answers leads to no other place, and neither fills nor controls this machine.
import { lchownSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { clientBundle, newClient } from '../support/client.js';
import { atTerminal, type Step } from '../support/typed-terminal.js';

const procreg = newClient();
/** What is answered, by the beginning of the address; anything else is a 404. */
let answers: Record<string, object | ((response: ServerResponse) => void)> = {};
let heard: string[] = [];

const server = createServer((request: IncomingMessage, response) => {
  heard.push(`${request.method} ${request.url}`);
  const [, answer] = Object.entries(answers).find(([path]) => request.url?.startsWith(path)) ?? [];
  if (typeof answer === 'function') answer(response);
  else response.writeHead(answer ? 200 : 404).end(JSON.stringify(answer ?? {}));
});
const environment = () => ({ PROCREG_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, PROCREG_TOKEN: 'token' });
const run = (words: string[], env: Record<string, string> = {}) => procreg(words, { env: { ...environment(), ...env } });

beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
afterAll(() => server.closeAllConnections());
afterAll(() => void server.close());
beforeEach(() => {
  heard = [];
});

test('def edit writes into its own folder, whatever the definition is called', async () => {
  answers = { '/api/process_definition/x/': { id: 1, definition: { name: '../../procreg-elsewhere', exec: 'cat' } } };
  const said = await run(['def', 'edit', 'x'], { VISUAL: 'printf %s', TMPDIR: procreg.folder });
  expect(said).toMatchObject({ code: 0, stderr: 'x was not changed.\n' });
  expect(said.stdout).toMatch(/\/procreg-edit-[^/]+\/definition\.yaml$/);
});

test('no text of the server controls the terminal, and JSON keeps its meaning', async () => {
  const evil = 'a\u001b[2Jb\u009b2Jc\u202ed';
  const run = { id: '01234567-89ab-7def-8123-456789abcdef', state: evil, exec: evil, argv: [], definition_name: null, output: null };
  const definition = { name: evil, exec: evil };
  answers = {
    '/api/event/': (response) => response.end(`data: ${JSON.stringify({ type: evil, time: evil, subject: evil })}\n\n`),
    '/api/lane/': { objects: [{ name: evil, limit: 0 }] },
    '/api/process_definition/d/revisions/': { objects: [{ revision: 1, created_at: evil, definition }] },
    '/api/process_definition/d/selftest/': { examples: [{ passed: false, run: `/${evil}/`, end_reason: evil, expect: null }] },
    '/api/process_definition/d/': { id: 1, definition },
    '/api/process_definition/': { meta: { total_count: 1 }, objects: [{ id: 1, definition }] },
    '/api/run/?': { meta: { total_count: 1 }, objects: [run] },
    '/api/run/': run,
    '/api/token/': { id: evil, token: evil },
  };
  const commands = [
    ['ps', '-a', '--json'],
    ['ps', '-a', '-q'],
    ['rm', run.id, run.id],
    ['events', '-n', '1', '--json'],
    ['def', 'history', 'd', '--patch'],
    ['def', 'test', 'd'],
    ['def', 'rm', 'd', 'd'],
    ['token', 'create', 'ci'],
    ['top', '--interval', '9'],
  ];
  const steps: Record<string, Step[]> = { rm: [{ until: '[y/N]' }, { type: 'n\r' }], top: [{ until: 'PROGRAM' }, { type: 'q' }] };
  const environmentHere = { ...procreg.environment, ...environment(), NO_COLOR: '1' };
  for (const words of commands) {
    const step = steps[words[0]] ?? steps[words[1]] ?? [];
    const { screen } = await atTerminal([process.execPath, clientBundle, ...words], step, environmentHere);
    expect(screen, words.join(' ')).toContain('a');
    expect(screen, words.join(' ')).not.toMatch(/[\u009b\u202e]/);
    expect(screen, words.join(' ')).not.toContain('\u001b[2J');
    if (words.includes('--json')) expect(JSON.stringify(JSON.parse(screen)), words.join(' ')).toContain(JSON.stringify(evil).slice(1, -1));
  }
});

test.each([
  [['user', 'rm', '..', '--yes']],
  [['token', 'create', 'ci', '--user', '..']],
  [['token', 'rm', '.']],
  [['def', 'show', '..']],
  [['lane', 'set', '..', '3']],
  [['stream', 'publish', '..', 'x']],
  [['cp', 'given', '01234567-89ab-7def-8123-456789abcdef:../../../user/']],
])('%j is refused, since it would lead to another address', async (words) => {
  writeFileSync(join(procreg.folder, 'given'), 'x');
  expect(await run(words)).toMatchObject({ code: 2, stderr: `procreg: '${words.includes('.') ? '.' : '..'}' cannot be a name\n` });
  expect(heard).toEqual([]);
});

test('the socket of this machine is used when it is the own one, and not one of another user or behind a link', async () => {
  const [data, linked] = [join(procreg.folder, 'x'.repeat(120)), join(procreg.folder, 'linked')];
  for (const folder of [data, linked]) mkdirSync(folder);
  const local = createServer((_request, response) => response.end('{"objects":[{"name":"cpu","limit":0}]}'));
  await new Promise<void>((resolve) => void local.listen(join(procreg.folder, 'server.sock'), resolve));
  renameSync(join(procreg.folder, 'server.sock'), join(data, 'server.sock'));
  symlinkSync(join(data, 'server.sock'), join(linked, 'server.sock'));
  const lanes = (DATA_DIR: string) => procreg(['lane', 'ls', '-q'], { env: { DATA_DIR } });
  expect(await lanes(data)).toEqual({ code: 0, stdout: 'cpu\n', stderr: '' });
  for (const folder of [linked, procreg.folder]) expect((await lanes(folder)).stderr).toContain('not logged in');
  if (process.getuid?.() === 0) {
    lchownSync(join(data, 'server.sock'), 65534, 65534);
    expect((await lanes(data)).stderr).toContain('server.sock belongs to another user, so that it is not used');
  }
  local.close();
});

test('an answer without an end is given up, and a large event is read once', async () => {
  const endless = (response: ServerResponse) => {
    const more = () => {
      while (response.write('1'.repeat(1000)));
    };
    response.on('drain', more);
    more();
  };
  answers = { '/about': endless };
  expect((await run(['events'])).stderr).toContain('is a server of an older version; procreg events needs a newer one');
  const data = JSON.stringify({ type: 'large', time: 't', subject: 'x'.repeat(8 * 2 ** 20) });
  answers = { '/api/event/': (response) => response.end(`: comment\n\ndata: ${data}\n\ndata: {"type":"next","time":"t"}\n\n`) };
  const { stdout } = await run(['events', '-n', '2']);
  expect([stdout.length > 8 * 2 ** 20, stdout.endsWith('\nt next\n')]).toEqual([true, true]);
});
