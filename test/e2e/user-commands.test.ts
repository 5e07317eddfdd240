// procreg server user …: lists, creates, disables and enables users, with the server running or not.
import { expect, test } from 'vitest';
import { withPassword } from '../support/accounts.js';
import { crash, next } from '../support/restarts.js';
import { runRole } from '../support/role.js';
import { startServer, type TestServer } from '../support/server.js';

const user = (server: TestServer, ...words: string[]) => runRole(['user', ...words], { DATA_DIR: server.dataDir });
const rows = async (server: TestServer) => (await user(server, 'list')).stdout.trim().split('\n');

async function created(server: TestServer, name: string): Promise<string> {
  const { code, stdout, stderr } = await user(server, 'create', name, '--role', 'author', '--generate');
  expect([code, stderr]).toEqual([0, `The user ${name} was created with the role author.\n`]);
  return stdout.trim();
}

test('users are created, listed, disabled and enabled with the server running and without one', { timeout: 60_000 }, async () => {
  const first = await startServer();
  const ann = await created(first, 'ann');
  expect(await withPassword(first, `ann:${ann}`)).toBe(200);
  expect((await user(first, 'disable', 'ann')).code).toBe(0);
  expect(await withPassword(first, `ann:${ann}`)).toBe(401);
  expect(await rows(first)).toEqual([
    expect.stringMatching(/^\d+\tadmin\t-\tadmin$/),
    expect.stringMatching(/^\d+\tauthor\tdisabled\tann$/),
  ]);
  await crash(first);
  const bob = await created(first, 'bob');
  expect((await user(first, 'enable', 'ann')).code).toBe(0);
  expect((await rows(first)).map((row) => row.replace(/^\d+\t/, ''))).toEqual(['admin\t-\tadmin', 'author\t-\tann', 'author\t-\tbob']);
  const server = await next(first, {});
  expect([await withPassword(server, `ann:${ann}`), await withPassword(server, `bob:${bob}`)]).toEqual([200, 200]);
  for (const [words, why] of [
    [['create', 'ann', '--generate'], "a user 'ann' already exists"],
    [['create', 'eve', '--role', 'root', '--generate'], '--role must be one of'],
    [['disable', 'nobody'], "there is no user 'nobody'"],
    [['disable', 'admin'], 'at least one admin must remain'],
  ] as const) {
    const { code, stderr } = await user(server, ...words);
    expect([code, stderr.trim().split('\n').length]).toEqual([1, 1]);
    expect(stderr).toContain(why);
  }
  await server.stop();
});
