// procreg at a server that means harm: what it answers leads to no other place, and neither fills nor controls this machine.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newClient } from '../support/client.js';

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
