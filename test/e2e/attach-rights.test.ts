// Who may attach to a run, and by which requests.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUser } from '../support/accounts.js';
import { shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';
import { made, openLine, statusOfLine } from '../support/web-socket.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ GRACE: '1' });
});
afterAll(() => server.stop());

const typed = (script: string) => made(server, shell(script, { interactive: true }));
const stateOf = async (path: string) => (await server.send({ path })).json.state;

describe('who may attach', () => {
  test('not another user, for whom the run does not exist, and nobody without a login', async () => {
    const path = await typed('sleep 30');
    const stranger = await newUser(server, 'author');
    expect(await statusOfLine(server, `${path}attach/`, { login: `${stranger}:pw` })).toBe(404);
    expect(await statusOfLine(server, `${path}attach/`, { login: '' })).toBe(401);
    expect(await statusOfLine(server, `${path}attach/`, { login: 'admin:wrong' })).toBe(401);
    expect(await stateOf(path)).not.toBe('finished');
    await server.send({ method: 'POST', path: `${path}stop/` });
  });

  test('not a viewer', async () => {
    const viewer = await newUser(server, 'viewer');
    expect(await statusOfLine(server, `${await typed('true')}attach/`, { login: `${viewer}:pw` })).toBe(403);
  });

  test('not a page of another origin', async () => {
    const path = await made(server, shell('true', { start: false }));
    for (const headers of [{ origin: 'http://evil.example' }, { 'sec-fetch-site': 'cross-site' }] as Record<string, string>[])
      expect(await statusOfLine(server, `${path}attach/`, { headers })).toBe(403);
    expect(await stateOf(path)).toBe('created');
  });

  test('not by HTTP: 426 says what to send', async () => {
    const { status, headers, json } = await server.send({ path: `${await typed('true')}attach/` });
    expect([status, headers.upgrade, json.code]).toEqual([426, 'websocket', 'upgrade_required']);
  });

  test('not with other subprotocols alone', async () => {
    const path = await made(server, shell('true', { start: false }));
    await expect(openLine(server, `${path}attach/`, { protocols: ['v3.channel.k8s.io'] })).rejects.toThrow(/^400 .*v5\.channel\.k8s\.io/);
    expect(await stateOf(path)).toBe('created');
  });
});
