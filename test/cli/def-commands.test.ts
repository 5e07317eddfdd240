// procreg new and def …: what they print, and what becomes of definitions.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newClient } from '../support/client.js';
import { startServer, type TestServer } from '../support/server.js';

const procreg = newClient();
let server: TestServer;

beforeAll(async () => {
  server = await startServer();
  await procreg(['login', server.url, '--name', 'here', '-u', 'admin', '--password-stdin'], { input: 'secret\n' });
  await procreg(['new', 'upper', '-d', 'louder', '--', 'tr', 'a-z', 'A-Z']);
});
afterAll(() => server.stop());

const execute = async (path: string, body: string) =>
  (await server.send({ method: 'POST', path: `/api/process_definition/${path}`, body, headers: { 'content-type': 'text/plain' } })).text;

test('new makes a definition of a command line, which runs, and refuses a name that is taken', async () => {
  expect(await execute('upper/execute/', 'abc')).toBe('ABC');
  const again = await procreg(['new', 'upper', '--', 'cat']);
  expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/\(name_taken\)\nhint: procreg def edit upper/)]);
  const doubtful = await procreg(['new', 'doubtful', '--param', 'n=2', '--', 'nonsuch']);
  expect(doubtful.stderr).toMatch(
    /warning: exec: cannot be started now.*\nwarning: parameters.properties.n: the parameter `n` is never used/,
  );
});

test('new declares parameters, and groups an optional one with its flag', async () => {
  const words = ['--stdin', '--param', 'from', '--param', 'to:string=z', '--param', 'n?:integer', '--', 'sh', '-c', 'echo "$@"; cat', 'sh'];
  const made = await procreg(['new', 'params', ...words, '${from}', '${to}', '-n', '${n}']);
  expect(made.stdout).toBe('created params on here\n');
  expect(await execute('params/execute/?from=a', 'text')).toBe('a z\ntext');
  expect(await execute('params/execute/?from=a&n=5', 'text')).toBe('a z -n 5\ntext');
  expect((await procreg(['new', 'x', '--param', 'a:list', '--', 'cat'])).code).toBe(2);
});

test('ls, show, history and restore show definitions and their versions', async () => {
  expect((await procreg(['def', 'ls', '--search', 'upper'])).stdout).toBe('NAME   PROGRAM  DESCRIPTION\nupper  tr       louder\n');
  expect((await procreg(['def', 'ls', '--search', 'upper', '-q'])).stdout).toBe('upper\n');
  expect((await procreg(['def', 'ls', '--search', 'upper', '-o', 'wide'])).stdout).toMatch(/ tr a-z A-Z /);
  expect((await procreg(['def', 'show', 'upper'])).stdout).toBe('name: upper\ndescription: louder\nexec: tr\nargv:\n  - a-z\n  - A-Z\n');
  writeFileSync(join(procreg.folder, 'upper.yaml'), 'exec: tr\nargv: [a-y, A-Y]\n');
  await procreg(['def', 'apply', 'upper.yaml']);
  expect((await procreg(['def', 'history', 'upper', '--quiet'])).stdout).toBe('2\n1\n');
  expect((await procreg(['def', 'history', 'upper', '--patch'])).stdout).toMatch(/revision 2, .*\n[\s\S]*- {2}- a-z\n[\s\S]*\+ {2}- a-y\n/);
  expect(JSON.parse((await procreg(['def', 'show', 'upper', '--json', '--revision', '1'])).stdout).argv).toEqual(['a-z', 'A-Z']);
  expect((await procreg(['def', 'restore', 'upper', '1'])).stdout).toBe('restored revision 1 of upper on here\n');
  expect(await execute('upper/execute/', 'xyz')).toBe('XYZ');
});

test('edit keeps the text when the server refuses it, and changes nothing', async () => {
  const { code, stderr } = await procreg(['def', 'edit', 'upper'], { env: { VISUAL: "sed -i 's/exec: tr/exec: 7/'" } });
  expect([code, stderr]).toEqual([1, expect.stringMatching(/exec: must be string, got 7[\s\S]*your text is in \S+definition\.yaml/)]);
  expect(await execute('upper/execute/', 'abc')).toBe('ABC');
  expect((await procreg(['def', 'edit', 'upper'], { env: { VISUAL: 'true' } })).stderr).toBe('upper was not changed.\n');
});

test('test runs the examples, and its exit code says whether they passed', async () => {
  const examples = [
    { message: 'abc', expect: 'ABC' },
    { message: 'abc', expect: 'abd' },
  ];
  writeFileSync(join(procreg.folder, 'tested.json'), JSON.stringify({ exec: 'tr', argv: ['a-z', 'A-Z'], examples }));
  await procreg(['def', 'apply', 'tested.json']);
  const { code, stdout } = await procreg(['def', 'test', 'tested']);
  expect([code, stdout]).toEqual([
    1,
    expect.stringMatching(
      /^passed example 1, run \S+\nfailed example 2, run \S+: in line 1 of the output: expected "abd", got "ABC"\n {2}-abd\n {2}\+ABC\n$/,
    ),
  ]);
  expect((await procreg(['def', 'test', 'upper'])).code).toBe(1);
});

test('test shows the stderr of an example that fails, and nothing that controls the terminal', async () => {
  const script = 'printf "one\\ntwo\\n"; printf "\\033[31mred" >&2; exit 4';
  writeFileSync(
    join(procreg.folder, 'failing.json'),
    JSON.stringify({ exec: 'sh', argv: ['-c', script], examples: [{ expect: 'one\n' }] }),
  );
  await procreg(['def', 'apply', 'failing.json']);
  const { stdout } = await procreg(['def', 'test', 'failing']);
  expect(stdout.replace(/run \S+:/, 'run ID:')).toBe(
    'failed example 1, run ID: the program ended with exit code 4\n   one\n  +two\n  stderr:\n    red\n',
  );
});

test('apply and edit with --test save only what passes its examples', async () => {
  const write = (expect: string) =>
    writeFileSync(
      join(procreg.folder, 'guarded.json'),
      JSON.stringify({ exec: 'tr', argv: ['a-z', 'A-Z'], examples: [{ message: 'abc', expect }] }),
    );
  write('abc');
  const failed = await procreg(['def', 'apply', '--test', 'guarded.json']);
  expect([failed.code, failed.stdout, failed.stderr]).toEqual([
    1,
    '',
    'procreg: guarded.json: nothing was saved: its example failed (selftest_failed)\n  examples[0]: in line 1 of the output: expected "abc", got "ABC"\n',
  ]);
  expect((await procreg(['def', 'show', 'guarded'])).code).toBe(1);
  write('ABC');
  expect((await procreg(['def', 'apply', '--test', 'guarded.json'])).stdout).toBe('created guarded (1 example passed)\n');
  const edited = await procreg(['def', 'edit', '--test', 'guarded'], { env: { VISUAL: "sed -i 's/expect: ABC/expect: ABD/'" } });
  expect([edited.code, edited.stderr]).toEqual([1, expect.stringContaining('expected "ABD", got "ABC"')]);
  expect((await procreg(['def', 'show', 'guarded'])).stdout).toContain('expect: ABC');
  expect((await procreg(['def', 'apply', '--test', '--dry-run', 'guarded.json'])).code).toBe(2);
});

test('rm says the server, and asks before it removes several', async () => {
  for (const name of ['gone-a', 'gone-b']) await procreg(['new', name, '--', 'cat']);
  expect(await procreg(['def', 'rm', 'gone-a', 'gone-b'])).toMatchObject({
    code: 2,
    stderr: 'procreg: Remove gone-a, gone-b from here? Nothing was done\nhint: add --yes\n',
  });
  expect((await procreg(['def', 'rm', 'gone-a', 'gone-b', '--yes'])).stdout).toBe('removed gone-a from here\nremoved gone-b from here\n');
  expect((await procreg(['def', 'show', 'gone-a'])).code).toBe(1);
});
