// procreg import: what it prints item by item, what it sends of a folder, and its exit codes.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestClient } from '../support/logged-in-client.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let client: TestClient;

beforeAll(async () => {
  server = await startServer();
  await server.user('ann:pw', 'author');
  const { token } = (await server.send({ method: 'POST', path: '/api/token/', login: 'ann:pw', body: { name: 'import' } })).json;
  client = new TestClient(server.url, token);
  const bin = join(client.folder, 'scripts');
  mkdirSync(join(bin, 'deeper'), { recursive: true });
  writeFileSync(join(bin, 'hello'), '#!/bin/sh\n# Says hello\n# usage: hello NAME\necho "hello $1"\n');
  writeFileSync(join(bin, 'README'), 'no script\n');
  writeFileSync(join(bin, '.hidden.sh'), '#!/bin/sh\nexit\n');
  writeFileSync(join(bin, 'picture.sh'), Buffer.from([0xff, 0xfe, 0x00]));
  writeFileSync(join(bin, 'deeper/other.sh'), '#!/bin/sh\nexit\n');
});

afterAll(async () => {
  client.remove();
  await server.stop();
});

test('of a folder the scripts are sent, and nothing is stored', async () => {
  const { code, out } = await client.run(['import', 'scripts', 'scripts']);
  expect(out).toBe('scripts/hello: hello --name (new)\n1 definition, 0 refused (nothing is stored without --apply)\n');
  expect(code).toBe(0);
  expect((await client.run(['run', 'hello', '--name', 'Ann'])).code).toBe(127);
});

test('what of a folder is not sent is told: links, and what is not a text; nothing is read without end, and nothing is run', async () => {
  const odd = join(client.folder, 'odd');
  mkdirSync(odd);
  const ran = join(client.folder, 'ran');
  writeFileSync(join(odd, 'greedy.sh'), `#!/bin/sh\ntouch '${ran}'; yes\n`, { mode: 0o755 });
  writeFileSync(join(odd, 'latin1.sh'), Buffer.from('#!/bin/sh\necho Gr\u00fc\u00dfe\n', 'latin1'));
  writeFileSync(join(odd, 'large.sh'), `#!/bin/sh\n${'# x\n'.repeat(300_000)}`);
  symlinkSync('/etc/passwd', join(odd, 'passwd.sh'));
  execFileSync('mkfifo', [join(odd, 'pipe.sh')]);
  const { out, err } = await client.run(['import', 'scripts', 'odd']);
  expect(out).toBe('odd/greedy.sh: greedy (new)\n1 definition, 0 refused (nothing is stored without --apply)\n');
  expect(err.trim().split('\n')).toEqual([
    'odd/large.sh: not sent: it has more than 1048576 bytes',
    'odd/latin1.sh: not sent: it is not a text in UTF-8',
    'odd/passwd.sh: not sent: it is a link; name it to send it',
  ]);
  expect(existsSync(ran)).toBe(false);
  expect(await client.run(['import', 'scripts', '/dev/zero'])).toMatchObject({
    code: 2,
    err: 'procreg: /dev/zero cannot be read: it has more than 1048576 bytes\n',
  });
});

test('what was refused is said, and the exit code is 1', async () => {
  const crontab = '@daily /bin/date\n99 * * * * /bin/true\n';
  const { code, out } = await client.run(['import', 'crontab', '-'], { stdin: crontab });
  expect(out.split('\n')).toEqual([
    'line 1: date (new)',
    '  note: when it runs (@daily) is not carried over: this server has no schedules yet',
    "line 2: refused: minute '99' is not allowed: it must be from 0 to 59",
    '1 definition, 1 refused (nothing is stored without --apply)',
    '',
  ]);
  expect(code).toBe(1);
});

test('--apply stores, --replace changes, --json prints all', async () => {
  const lines = (words: string[]) => client.run(['import', 'scripts', 'scripts/hello', ...words]);
  expect((await lines(['--apply'])).out).toContain('hello --name (created)');
  expect((await client.run(['run', 'hello', '--name', 'Ann'])).out).toBe('hello Ann\n');
  writeFileSync(join(client.folder, 'scripts/hello'), '#!/bin/sh\necho "good day $1"\n');
  expect((await lines(['--apply'])).out).toContain('(skipped)');
  const json = JSON.parse((await lines(['--apply', '--replace', '--json'])).out);
  expect(json.definitions).toMatchObject([{ exists: 'different', result: 'changed', definition: { name: 'hello' } }]);
});

test('wrong command lines', async () => {
  const said = async (words: string[]) => {
    const { code, err } = await client.run(['import', ...words]);
    return [code, err.split('\n')[0]];
  };
  expect(await said(['make', 'scripts/hello'])).toEqual([2, expect.stringContaining("unknown kind 'make'")]);
  expect(await said(['scripts', 'nowhere'])).toEqual([2, 'procreg: nowhere does not exist']);
  expect(await said(['cwl', 'scripts'])).toEqual([2, expect.stringContaining('no file of the kind cwl')]);
  expect(await said(['scripts', 'scripts', '--replace'])).toEqual([2, expect.stringContaining('--apply')]);
});
