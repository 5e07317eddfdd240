// Secrets in settings: whatever is wrong with them, neither a command nor a server that was started with them prints a part of them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readSettings } from '../../src/settings/read-settings.js';
import { runRole } from '../support/role.js';
import { startServer } from '../support/server.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-secret-'));
const newFolder = () => mkdtempSync(join(folder, 'data-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Nothing listens there. */
const nowhere = '127.0.0.1:9';

/** Both halves of the password are looked for. */
const malformed = (scheme: string, behind: string): [string, string][] => [
  ['a slash in the password', `${scheme}://user:hunter/tiger@${nowhere}${behind}`],
  ['a slash behind digits in the password', `${scheme}://user:12/tiger@${nowhere}${behind}`],
  ['a slash and an @ in the password', `${scheme}://user:hunter@7/tiger@${nowhere}${behind}`],
  ['a question mark in the password', `${scheme}://user:12?tiger@${nowhere}${behind}`],
  ['a question mark behind an @ in the password', `${scheme}://user:hunter@h/d?tiger@${nowhere}${behind}`],
  ['a hash in the password', `${scheme}://user:12#tiger@${nowhere}${behind}`],
  ['a hash behind an @ in the password', `${scheme}://user:hunter@h/d#tiger@${nowhere}${behind}`],
  ['a per cent sign in the password', `${scheme}://user:hunter%tiger@${nowhere}${behind}`],
  ['a line break in the password', `${scheme}://user:hunter\ntiger@${nowhere}${behind}`],
  ['a backslash and a slash in the password', `${scheme}://user:12/\\tiger@${nowhere}${behind}`],
  ['brackets in the host', `${scheme}://user:hunter@[tiger]${behind}`],
  ['a space in the host', `${scheme}://user:x@hunter tiger${behind}`],
  ['a port that is too large', `${scheme}://user:hunter@tiger:99999${behind}`],
  ['no scheme', `user:hunter-tiger@${nowhere}${behind}`],
  ['no scheme but slashes', `//user:hunter-tiger@${nowhere}${behind}`],
  ['no slashes', `${scheme}:user:hunter-tiger@${nowhere}${behind}`],
  ['one slash', `${scheme}:/user:hunter-tiger@${nowhere}${behind}`],
  ['three slashes', `${scheme}:///user:hunter-tiger@${nowhere}${behind}`],
  ['no host', `${scheme}://user:hunter-tiger@${behind}`],
  ['another scheme', `postgres://user:hunter-tiger@${nowhere}${behind}`],
  ['quotes around it', `"${scheme}://user:hunter-tiger@${nowhere}${behind}"`],
  ['words before it', `use ${scheme}://user:hunter-tiger@${nowhere}${behind}`],
];

const databaseUrls: [string, string][] = [
  ...malformed('mysql', '/registry'),
  ['no database', `mysql://user:hunter-tiger@${nowhere}`],
  ['two databases', `mysql://user:hunter@h/one/tiger`],
  ['an address behind sqlite:', `sqlite:mysql://user:hunter-tiger@${nowhere}/registry`],
  ['a login behind sqlite:', `sqlite://user:hunter-tiger@${nowhere}/registry`],
  ['parameters', `mysql://user:hunter@${nowhere}/registry?password=tiger`],
];
const amqpUrls: [string, string][] = [
  ...malformed('amqp', '/vhost'),
  ['unknown parameters', `amqp://user:hunter@${nowhere}/?password=tiger`],
];

const parts = /hunter|tiger/;

const told = (name: string) => expect.stringContaining(`${name} must be `);

test.each([...databaseUrls.map(([what, url]) => ['DATABASE_URL', what, url]), ...amqpUrls.map(([what, url]) => ['AMQP_URL', what, url])])(
  '%s with %s is refused without its value',
  (name, _what, url) => {
    const refusal = thrownBy(() => readSettings({ flags: {}, environment: { [name]: url } }));
    expect(refusal).toEqual(told(name));
    expect(refusal).not.toMatch(parts);
  },
);

function thrownBy(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  return 'it was taken';
}

test.each([
  ['DATABASE_URL', `mysql://user:12/tiger@${nowhere}/registry`],
  ['AMQP_URL', `amqp://user:12/tiger@${nowhere}/vhost`],
])('every command refuses %s in one line without its value', async (name, url) => {
  for (const role of ['serve', 'doctor', 'migrate', 'backup']) {
    const settings = { DATA_DIR: newFolder(), PORT: '0', LOG_LEVEL: 'trace', [name]: url };
    const end = await runRole([role, ...(role === 'backup' ? [join(folder, 'archive')] : [])], settings);
    expect([role, end.code, end.stderr.trim().split('\n').length, end.stdout]).toEqual([role, 1, 1, '']);
    expect(end.stderr).toEqual(told(name));
    expect(end.stderr).not.toMatch(parts);
  }
});

test.each([
  ['mysql://hunter:tiger@127.0.0.1:9/registry', 'the server cannot start with the database registry on 127.0.0.1:9: '],
  ['mysql://user:hunter%40%2F%3F%23%25tiger@127.0.0.1:9/registry', 'the server cannot start with the database registry on 127.0.0.1:9: '],
  ['mysql://user:hunter@tiger:@127.0.0.1:9/registry', 'the server cannot start with the database registry on 127.0.0.1:9: '],
])('an unreachable database is reported without user and password: %s', async (url, message) => {
  for (const role of ['serve', 'doctor']) {
    const end = await runRole([role], { DATA_DIR: newFolder(), PORT: '0', LOG_LEVEL: 'trace', DATABASE_URL: url });
    expect(end.code).toBe(1);
    if (role === 'serve') expect(end.stderr).toContain(message);
    expect(end.stdout + end.stderr).not.toMatch(parts);
  }
});

test('an unreachable broker is reported without user and password: in the log, in /health, in bindings', async () => {
  const server = await startServer({ AMQP_URL: `amqp://hunter:tiger@${nowhere}/`, LOG_LEVEL: 'trace', AGENT_TOKENS: 'hunter,tiger' });
  const binding = { definition: 'tr', input: { stream: 'in' } };
  await server.send({
    method: 'PUT',
    path: '/api/process_definition/tr/',
    body: { definition: { exec: '/usr/bin/tr', argv: ['a', 'b'] } },
  });
  const answers = [
    await server.send({ path: '/health' }),
    await server.send({ method: 'POST', path: '/api/binding/', body: binding }),
    await server.send({ path: '/api/binding/' }),
    await server.send({ method: 'POST', path: '/api/stream/in/', body: 'x' }),
    await server.send({ path: '/metrics' }),
  ];
  for (const { text } of answers) expect(text).not.toMatch(parts);
  await server.stop();
  expect(server.said()).not.toMatch(parts);
});

test.each([
  ['a value in place of the pair', ['--set', 'mysql://user:hunter-tiger@h/d'], '--set must be NAME=VALUE'],
  ['a value with an equals sign in place of the pair', ['--set', 'mysql://user:hunter=tiger@h/d'], 'unknown setting'],
  ['a colon in place of the equals sign', ['--set', 'DATABASE_URL:mysql://hunter-tiger=@h/d'], 'unknown setting'],
  ['a misspelt name', ['--set', 'DATABASE_URI=mysql://user:hunter-tiger@h/d'], 'unknown setting DATABASE_URI'],
])('--set with %s is refused without its value', async (_what, flags, message) => {
  const end = await runRole(['doctor', ...flags], { DATA_DIR: newFolder() });
  expect(end.code).toBe(1);
  expect(end.stderr).toContain(message);
  expect(end.stdout + end.stderr).not.toMatch(parts);
});

test.each([
  ['two colons', 'DATABASE_URL: mysql://user:hunter: tiger@h/d'],
  ['an alias', 'ADMIN_PASSWORD: *hunter-tiger'],
  ['an open quote', "ADMIN_PASSWORD: 'hunter-tiger"],
  ['a percent sign', 'ADMIN_PASSWORD: %hunter-tiger'],
  ['an at sign', 'ADMIN_PASSWORD: @hunter-tiger'],
  ['a bracket', 'ADMIN_PASSWORD: {hunter-tiger'],
  ['no blank behind the colon', 'ADMIN_PASSWORD:hunter-tiger: x'],
  ['the same name twice', 'ADMIN_PASSWORD: hunter\nADMIN_PASSWORD: tiger'],
])('a config file with %s is refused without its lines', (_what, text) => {
  const configFile = join(newFolder(), 'config.yaml');
  writeFileSync(configFile, `PORT: 0\n${text}\n`);
  const refusal = thrownBy(() => readSettings({ flags: {}, environment: {}, configFile }));
  expect(refusal).toMatch(/is not valid YAML|unknown setting;/);
  expect(refusal.replace(configFile, '')).not.toMatch(parts);
});

test('a config file with an unknown tag is refused without a warning that shows its content', async () => {
  const config = join(newFolder(), 'config.yaml');
  writeFileSync(config, 'ADMIN_PASSWORD: !hunter tiger\nNOTHING: 1\n');
  const end = await runRole(['doctor', '--config', config], { DATA_DIR: newFolder() });
  expect([end.code, end.stdout + end.stderr]).toEqual([1, expect.not.stringMatching(parts)]);
});

test('a secret that was given as the name of its file is not printed', () => {
  for (const name of ['DATABASE_URL', 'AMQP_URL', 'ADMIN_PASSWORD', 'AGENT_TOKENS', 'ROUTER_TOKEN', 'CALLBACK_SECRET']) {
    for (const value of ['mysql://user:hunter-tiger@h/d', '/hunter/tiger', 'hunter\0tiger', folder]) {
      const refusal = thrownBy(() => readSettings({ flags: {}, environment: { [`${name}_FILE`]: value } }));
      expect(refusal).toContain(`the file that ${name}_FILE names cannot be read`);
      expect(refusal).not.toMatch(parts);
    }
  }
});
