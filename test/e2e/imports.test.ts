// Imports over HTTP: shown first, stored where that is wanted, and what was imported really runs.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminLogin, projectRoot, startServer, type TestServer } from '../support/server.js';

const script =
  '#!/bin/sh\n# Greets somebody\n# usage: greet [-l] NAME\nwhile getopts l o; do loud=1; done; shift $((OPTIND - 1))\necho "hello $1$loud"\n';
const fixture = (path: string) => readFileSync(join(projectRoot, 'test/fixtures/imports', path), 'utf8');
let server: TestServer;
let folder: string;

beforeAll(async () => {
  server = await startServer();
  folder = mkdtempSync(join(tmpdir(), 'procreg-imports-'));
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.stop();
});

const imported = (kind: string, files: Record<string, string>, query = '') =>
  server.send({ method: 'POST', path: `/api/import/${kind}/${query}`, login: adminLogin, body: { files } });

describe('an import', () => {
  test('shows what items become, and stores nothing', async () => {
    const { status, json } = await imported('scripts', { 'bin/greet.sh': script, 'bin/notes.txt': 'no script' });
    expect(status).toBe(200);
    expect(json.definitions).toMatchObject([
      {
        item: 'bin/greet.sh',
        definition: { name: 'greet', description: 'Greets somebody' },
        notes: [],
        warnings: [],
        faults: [],
        exists: null,
      },
    ]);
    expect(json.definitions[0]).not.toHaveProperty('result');
    expect(json.refused).toEqual([{ item: 'bin/notes.txt', reason: expect.stringContaining('#!') }]);
    expect((await server.send({ path: '/api/process_definition/greet/', login: adminLogin })).status).toBe(404);
  });

  test('stores what is new, leaves what is the same, and changes what is different only with replace=1', async () => {
    const result = async (text: string, query: string) => {
      const [one] = (await imported('scripts', { 'greet.sh': text }, query)).json.definitions;
      return [one.exists, one.result];
    };
    expect(await result(script, '?apply=1')).toEqual([null, 'created']);
    expect(await result(script, '?apply=1')).toEqual(['same', 'unchanged']);
    const other = script.replace('hello', 'good day');
    expect(await result(other, '')).toEqual(['different', undefined]);
    expect(await result(other, '?apply=1')).toEqual(['different', 'skipped']);
    expect(await result(other, '?apply=1&replace=1')).toEqual(['different', 'changed']);
    expect(await run('greet', { name: 'Ann', l: true })).toBe('good day Ann1\n');
  });

  test('takes a text as it is', async () => {
    const { json } = await server.send({
      method: 'POST',
      path: '/api/import/crontab/?name=/etc/cron.d/x',
      login: adminLogin,
      headers: { 'content-type': 'text/plain' },
      body: '* * * * * root /bin/true\n',
    });
    expect(json.definitions).toMatchObject([{ item: 'line 1', definition: { exec: '/bin/true' } }]);
  });

  test('is refused for others, other kinds and other bodies', async () => {
    await server.user('runner:pw', 'runner');
    const send = (path: string, body: unknown, login = adminLogin) => server.send({ method: 'POST', path, login, body });
    expect((await send('/api/import/scripts/', { files: {} }, 'runner:pw')).status).toBe(403);
    expect((await send('/api/import/make/', { files: {} })).json).toMatchObject({ status: 404, error: expect.stringContaining('crontab') });
    expect((await send('/api/import/scripts/', { files: { a: 1 } })).status).toBe(400);
    expect((await send('/api/import/scripts/?aply=1', { files: {} })).status).toBe(400);
    expect((await send('/api/import/scripts/?apply=yes', { files: {} })).status).toBe(400);
    const many = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`${index}.sh`, '']));
    expect((await send('/api/import/scripts/', { files: many })).json.error).toBe(
      'files must be at most 1000, got 1001; send fewer at once',
    );
    const latin = { headers: { 'content-type': 'text/plain' }, body: Buffer.from('#!/bin/sh\necho Gr\u00fc\u00dfe\n', 'latin1') };
    const answer = await server.send({ method: 'POST', path: '/api/import/scripts/', login: adminLogin, ...latin });
    expect([answer.status, answer.json.error]).toEqual([400, 'the body must be a text in UTF-8']);
  });

  test('a definition that the server would refuse has its faults, and is skipped', async () => {
    const unit = '[Service]\nType=oneshot\nExecStart=/bin/true\nKillSignal=SIGNONSENSE\n';
    const { json } = await imported('systemd', { 'bad.service': unit }, '?apply=1');
    expect(json.definitions).toMatchObject([{ result: 'skipped', faults: [{ path: expect.stringContaining('stop') }] }]);
  });
});

/** What the run answers; values that are texts with @ before them are files. */
async function run(name: string, parameters: Record<string, unknown> = {}, message?: string): Promise<string> {
  const form = new FormData();
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) {
      if (one instanceof Uint8Array) form.append(key, new Blob([one as Uint8Array<ArrayBuffer>]), key);
      else query.append(key, String(one));
    }
  }
  const hasFiles = [...form.keys()].length > 0;
  const answer = await fetch(`${server.url}/api/process_definition/${name}/execute/?${query}`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(adminLogin)}` },
    ...(hasFiles ? { body: form } : message !== undefined && { body: message }),
  });
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return text;
}

async function take(kind: string, files: Record<string, string>): Promise<void> {
  const { json } = await imported(kind, files, '?apply=1&replace=1');
  expect(json.definitions.filter(({ faults }: { faults: object[] }) => faults.length > 0)).toEqual([]);
}

describe('what was imported runs', () => {
  test('scripts', async () => {
    await take(
      'scripts',
      Object.fromEntries(['count-words.sh', 'csv2json.py', 'slugify.mjs', 'dedupe.pl'].map((name) => [name, fixture(`scripts/${name}`)])),
    );
    expect(await run('count-words', {}, 'b a b')).toMatch(/^ *2 b\n *1 a\n$/);
    expect(JSON.parse(await run('csv2json', { input: Buffer.from('a;b\n1;2\n'), delimiter: ';' }))).toEqual([{ a: '1', b: '2' }]);
    expect(await run('slugify', { title: 'Hello World', lower: true, separator: '_' })).toBe('hello_world\n');
    expect(await run('dedupe', { i: true }, 'a\nA\nb\n')).toBe('a\nb\n');
  });

  test('lines of a crontab', async () => {
    const lines = [
      'GREETING=hello',
      '0 1 * * * /usr/bin/printf "%s\\n" one two'.replace('%', '\\%'),
      '0 2 * * * echo "$GREETING" | tr a-z A-Z',
      '0 3 * * * cat -n; echo end%first%second',
    ];
    await take('crontab', { crontab: lines.join('\n') });
    expect(await run('printf')).toBe('one\ntwo\n');
    expect(await run('echo')).toBe('HELLO\n');
    expect(await run('cat')).toMatch(/1\s+first\n\s+2\s+second\nend\n$/);
  });

  test('hooks', async () => {
    const hook = (id: string, command: string, more: object) => ({ id, 'execute-command': command, ...more });
    const hooks = [
      hook('say', '/bin/echo', {
        'pass-arguments-to-command': [
          { source: 'payload', name: 'user.name' },
          { source: 'string', name: '${x}' },
        ],
      }),
      hook('show', '/usr/bin/printenv', {
        'pass-arguments-to-command': [{ source: 'string', name: 'EVENT' }],
        'pass-environment-to-command': [{ source: 'header', name: 'X-Event', envname: 'EVENT' }],
      }),
      hook('read', '/bin/sh', {
        'pass-arguments-to-command': ['-c', 'cat "$DATA"'].map((name) => ({ source: 'string', name })),
        'pass-file-to-command': [{ source: 'payload', name: 'data', envname: 'DATA', base64decode: true }],
      }),
    ];
    await take('webhook', { 'hooks.json': JSON.stringify(hooks) });
    expect(await run('say', { user_name: '-n; id' })).toBe('-n; id ${x}\n');
    expect(await run('show', { X_Event: 'push' })).toBe('push\n');
    expect(await run('read', { data: Buffer.from('bytes') })).toBe('bytes');
  });

  test('actions of OliveTin, whose values are no code', async () => {
    await take('olivetin', { 'config.yaml': fixture('olivetin.yaml') });
    expect(await run('date')).toMatch(/\d\d:\d\d/);
    expect(await run('say-hello', { name: 'Ann', day: "today'; id; echo '" })).toBe("Hello Ann\nAT TODAY'; ID; ECHO '\n");
    const action = {
      title: 'Sum up',
      exec: ['/usr/bin/expr', '{{ one }}', '+', '{{ two }}'],
      arguments: ['one', 'two'].map((name) => ({ name, type: 'int' })),
    };
    await take('olivetin', { 'config.yaml': JSON.stringify({ actions: [action] }) });
    expect(await run('sum-up', { one: 1, two: 2 })).toBe('3\n');
  });

  test('oneshot units', async () => {
    const unit = (lines: string) => `[Service]\nType=oneshot\n${lines}\n`;
    await take('systemd', {
      'plain.service': unit('Environment="A=one two" B=3\nExecStart=/bin/echo ${A} $A "${B} %%" $$'),
      'several.service': unit("ExecStartPre=-/bin/false\nExecStart=/bin/echo *.x 'it''s'\nExecStart=/bin/sh -c 'echo $$((1+1))'"),
      'greet@.service': unit('ExecStart=/bin/echo hello %i from %p'),
      'both@.service': unit('ExecStart=/bin/echo %i\nExecStart=/bin/echo again %i'),
    });
    expect(await run('plain')).toBe('one two one two 3 % $\n');
    expect(await run('several')).toBe('*.x its\n2\n');
    expect(await run('greet', { instance: 'Ann' })).toBe('hello Ann from greet\n');
    expect(await run('both', { instance: "$(id)'" })).toBe("$(id)'\nagain $(id)'\n");
  });

  test('CWL tools', async () => {
    const names = ['1st-tool', 'stdout', 'array-inputs', 'tar-param', 'env'];
    await take('cwl', Object.fromEntries(names.map((name) => [`${name}.cwl`, fixture(`cwl/${name}.cwl`)])));
    expect(await run('1st-tool')).toBe('Hello World\n');
    expect(await run('stdout', { message: 'bytes' })).toBe('bytes\n');
    expect(await run('array-inputs', { filesA: ['one', 'two'], filesB: ['four', 'five'], filesC: 'seven,eight' })).toBe(
      '-A one two -B=four -B=five -C=seven,eight\n',
    );
    expect(await run('env', { message: 'there' })).toContain('HELLO=there\n');
    writeFileSync(join(folder, 'goodbye.txt'), 'goodbye\n');
    execFileSync('tar', ['-C', folder, '-cf', join(folder, 'a.tar'), 'goodbye.txt']);
    expect(await run('tar-param', { tarfile: readFileSync(join(folder, 'a.tar')), extractfile: 'goodbye.txt' })).toBe('goodbye\n');
  });
});
