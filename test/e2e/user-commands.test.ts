// procreg server user … and token …: with the server running or not.
import { expect, test } from 'vitest';
import { withAuthorization, withPassword } from '../support/accounts.js';
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

test('users are created, listed, disabled and enabled with the server running and without one', { timeout: 120_000 }, async () => {
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

const token = (server: TestServer, ...words: string[]) => runRole(['token', ...words], { DATA_DIR: server.dataDir });
const statusOf = async (server: TestServer, secret: string) => (await withAuthorization(server, `Bearer ${secret}`)).status;

/** Creates two tokens, uses and lists both, revokes the first. Returns the second. */
async function exercise(server: TestServer, use: (secret: string, status: number) => Promise<void>): Promise<string> {
  const plain = await token(server, 'create', 'ann');
  expect(plain).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^pr_[\w-]{40}\n$/),
    stderr: expect.stringMatching(/^The token \d+ of ann was created/),
  });
  const words = ['--label', 'ci\u001b[2J\u202e', '--scope', 'runner', '--expires', '2999-01-31'];
  const limited = (await token(server, 'create', 'ann', ...words)).stdout.trim();
  await use(plain.stdout.trim(), 200);
  const { stdout } = await token(server, 'list', 'ann');
  expect(stdout).not.toContain(limited);
  const rows = stdout
    .trim()
    .split('\n')
    .slice(-2)
    .map((row) => row.split('\t'));
  expect(rows).toEqual([
    [expect.any(String), '-', 'never', 'created by procreg server token'],
    [expect.any(String), 'runner', '2999-01-31T00:00:00.000Z', 'ci\\u{1b}[2J\\u{202e}'],
  ]);
  expect((await token(server, 'revoke', 'ann', rows[0][0])).code).toBe(0);
  await use(plain.stdout.trim(), 401);
  return limited;
}

/** Each with what is wrong. */
const refusals: [string[], string][] = [
  [['list', 'nobody'], "there is no user 'nobody'"],
  [['create', 'ann', '--scope', 'root'], '--scope must be one of'],
  [['create', 'ann', '--expires', 'soon'], 'expires_at must be a time'],
  [['revoke', 'ann', '999'], 'there is no token 999'],
  [['revoke', 'ann', 'x'], "NUMBER must be the number of a token (procreg server token list), got 'x'"],
];

async function expectRefusal(server: TestServer, [words, why]: [string[], string]): Promise<void> {
  const { code, stdout, stderr } = await token(server, ...words);
  expect([code, stdout, stderr.trim().split('\n').length]).toEqual([1, '', 1]);
  expect(stderr).toContain(why);
}

test('tokens of a user are created, listed and revoked with the server running and without one', { timeout: 120_000 }, async () => {
  const first = await startServer();
  await first.user('ann:ann-password', 'author');
  await exercise(first, async (secret, status) => expect(await statusOf(first, secret)).toBe(status));
  await Promise.all(refusals.map((refusal) => expectRefusal(first, refusal)));
  const short = (await first.send({ method: 'POST', path: '/api/token/', body: { name: 'short', scopes: ['admin'] } })).json.token;
  for (const [method, body] of [['GET'], ['POST', { name: 'x' }]] as const) {
    const headers = { authorization: `Bearer ${short}` };
    expect((await first.send({ method, path: '/api/user/ann/token/', headers, body })).status).toBe(403);
  }
  await crash(first);
  const limited = await exercise(first, async () => {});
  for (const refusal of refusals.slice(2, 4)) await expectRefusal(first, refusal);
  const server = await next(first, {});
  expect((await withAuthorization(server, `Bearer ${limited}`)).json).toMatchObject({ username: 'ann' });
  await server.stop();
});

test('a wrong command line is refused as other errors are, and the help has no values of the parser', async () => {
  expect(await runRole(['nonsense'], {})).toMatchObject({ code: 1, stderr: "process-registry: unknown command 'nonsense'\n" });
  expect((await runRole(['backup', '--help'], {})).stdout).not.toContain('{}');
});
