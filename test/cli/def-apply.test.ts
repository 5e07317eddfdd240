// procreg def apply: files and folders become the definitions of a server, and a second time nothing changes.
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newClient } from '../support/client.js';
import { startServer, type TestServer } from '../support/server.js';

const procreg = newClient();
let server: TestServer;
let folder: string;

beforeAll(async () => {
  server = await startServer();
  await procreg(['login', server.url, '--name', 'here', '-u', 'admin', '--password-stdin'], { input: 'secret\n' });
});
afterAll(() => server.stop());

beforeEach(() => {
  folder = mkdtempSync(join(procreg.folder, 'definitions-'));
});

const write = (name: string, content: object | string) =>
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
const apply = (...words: string[]) => procreg(['def', 'apply', ...words]);
const stored = async (name: string) => (await server.send({ path: `/api/process_definition/${name}/` })).json?.definition;
const revisions = async (name: string) => (await server.send({ path: `/api/process_definition/${name}/revisions/` })).json.objects.length;

test('A folder is created, left alone the second time, and changed where its files change', async () => {
  write('cat.json', { exec: '/bin/cat', environment: { KEY: 'hidden-1' } });
  write(
    'two.yaml',
    'name: one-a\nexec: /bin/true\n---\n- name: one-b\n  exec: /bin/false\n- {definition: {name: one-c, exec: /bin/cat}}\n',
  );
  write('notes.txt', 'not a definition');
  expect(await apply(folder)).toEqual({ code: 0, stdout: 'created cat\ncreated one-a\ncreated one-b\ncreated one-c\n', stderr: '' });
  const again = await apply(folder);
  expect(again.stdout).toBe('unchanged cat\nunchanged one-a\nunchanged one-b\nunchanged one-c\n');
  expect(await revisions('cat')).toBe(1);
  write('cat.json', { name: 'cat', environment: { KEY: 'hidden-2' }, exec: '/bin/cat', argv: ['-u'] });
  const differs = await procreg(['def', 'diff', folder]);
  const dry = await apply(folder, '--dry-run');
  expect([differs.code, await revisions('cat')]).toEqual([1, 1]);
  expect(dry.stdout).toContain('changed cat (dry run)\n');
  const changed = await apply(folder);
  for (const { stdout } of [differs, dry, changed]) {
    expect(stdout).toMatch(/\+argv:\n +\+ {2}- -u/);
    expect(stdout).not.toContain('hidden');
  }
  expect(await stored('cat')).toEqual({ name: 'cat', exec: '/bin/cat', argv: ['-u'], environment: { KEY: 'hidden-2' } });
  expect((await procreg(['def', 'diff', folder])).code).toBe(0);
});

test('All faults are shown, each with its file and path, and nothing is changed', async () => {
  write('a.json', { exec: '/bin/cat' });
  write('bad.json', { exec: 3, argv: 'x' });
  write('bad.yaml', 'name: bad2\nexec: cat\ntimeout: soon\n---\nexec: /bin/cat\n');
  const unnamed = await apply(folder);
  expect([unnamed.code, unnamed.stderr]).toEqual([1, expect.stringMatching(/bad\.yaml, definition 2: name: /)]);
  write('bad.yaml', 'name: bad2\nexec: cat\ntimeout: soon\n');
  const { code, stderr, stdout } = await apply(folder);
  expect([code, stdout]).toEqual([1, '']);
  for (const fault of [/bad\.json: exec: must be string/, /bad\.json: argv: /, /bad\.yaml: timeout: /]) expect(stderr).toMatch(fault);
  expect(await stored('a')).toBeUndefined();
  write('twice.json', { name: 'a', exec: '/bin/true' });
  expect((await apply(folder)).stderr).toMatch(/twice\.json: a is defined in .*a\.json too/);
});

test('A warning of the server is shown with its file', async () => {
  write('warned.json', { exec: '/bin/cat', timout: 3 });
  const { code, stderr } = await apply(join(folder, 'warned.json'));
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(/^warning: .*warned\.json: timout: unknown key `timout`; did you mean `timeout`/),
  ]);
});

test('{"from": …} is the content of a file in the folder of the definition, and of no other', async () => {
  mkdirSync(join(folder, 'lib'));
  write('lib/a.sh', '#!/bin/sh\necho from a file\n');
  write('script.yaml', 'exec: ./a.sh\nfiles:\n  a.sh: {from: lib/a.sh}\n  b.txt: as it is\n');
  expect((await apply(folder)).stdout).toBe('created script\n');
  expect((await stored('script')).files).toEqual({ 'a.sh': '#!/bin/sh\necho from a file\n', 'b.txt': 'as it is' });
  for (const from of ['../secret', '/etc/hostname']) {
    write('script.yaml', `exec: ./a.sh\nfiles:\n  a.sh: {from: ${from}}\n`);
    expect((await apply(folder)).stderr).toMatch(/script\.yaml: files\.a\.sh\.from: /);
  }
});

test('A folder from others gives none of the files outside of it, and no hidden one', async () => {
  const secret = join(procreg.folder, 'secret.yaml');
  writeFileSync(secret, 'exec: /bin/cat\n');
  symlinkSync(secret, join(folder, 'linked.yaml'));
  expect((await apply(folder)).stderr).toMatch(/linked\.yaml is outside of the folder/);
  rmSync(join(folder, 'linked.yaml'));
  mkdirSync(join(folder, '.git'));
  mkdirSync(join(folder, '..data'));
  for (const name of ['.git/config', '..data/mounted']) write(name, 'content');
  for (const [link, to] of Object.entries({ visible: '.git/config', mounted: '..data/mounted' })) symlinkSync(to, join(folder, link));
  for (const from of ['.git/config', './.git/config', 'visible']) {
    write('one.yaml', `exec: cat\nfiles:\n  a: {from: ${from}}\n`);
    expect((await apply(folder)).stderr).toMatch(/one\.yaml: files\.a\.from: \S+ is a hidden file/);
  }
  write('one.yaml', 'name: mounted\nexec: cat\nfiles:\n  a: {from: mounted}\n');
  expect((await apply(folder)).stdout).toBe('created mounted\n');
  const given = await procreg(['def', 'apply', '-'], { input: 'name: a\nexec: cat\nfiles: {k: {from: one.yaml}}\n', cwd: folder });
  expect(given.stderr).toMatch(/files\.k\.from: a definition from stdin stands in no folder/);
});

test('What others have changed meanwhile is not overwritten', async () => {
  write('lost.yaml', 'exec: /bin/cat\n');
  await apply(folder);
  const editor = join(folder, 'editor.sh');
  const change = { method: 'PUT', path: '/api/process_definition/lost/', body: { definition: { exec: '/bin/true', name: 'lost' } } };
  writeFileSync(editor, `sed -i s/cat/tac/ "$1"; touch ${folder}/ready; while [ ! -e ${folder}/continue ]; do sleep 0.05; done\n`);
  const edited = procreg(['def', 'edit', 'lost'], { env: { EDITOR: `sh ${editor}`, VISUAL: '' } });
  await expect.poll(() => existsSync(join(folder, 'ready')), { timeout: 10_000 }).toBe(true);
  expect((await server.send(change)).status).toBe(204);
  writeFileSync(join(folder, 'continue'), '');
  const { code, stderr } = await edited;
  expect([code, stderr]).toEqual([1, expect.stringContaining('has been changed meanwhile by somebody else')]);
  expect((await stored('lost')).exec).toBe('/bin/true');
  const kept = /your text is in (\S+);/.exec(stderr)?.[1] as string;
  expect((await procreg(['def', 'apply', kept])).stdout).toContain('changed lost\n');
  expect((await stored('lost')).exec).toBe('/bin/tac');
  rmSync(join(kept, '..'), { recursive: true });
});

describe('--group', () => {
  const names = async () => (await procreg(['def', 'ls', '-q', '--search', 'grp-'])).stdout.split('\n').filter(Boolean).sort();
  const group = (...words: string[]) => apply(folder, '--group', 'team', ...words);

  test('and --prune remove what an earlier apply of the group has created, and nothing else', async () => {
    await server.user('bob:secret', 'author');
    const others = [
      { login: 'bob:secret', definition: { name: 'grp-bob', exec: '/bin/cat', tags: ['group:team'], visibility: 'shared' } },
      { login: 'admin:secret', definition: { name: 'grp-plain', exec: '/bin/cat' } },
      { login: 'admin:secret', definition: { name: 'grp-other', exec: '/bin/cat', tags: ['group:team2', 'team'] } },
    ];
    for (const { login, definition } of others)
      await server.send({ method: 'POST', path: '/api/process_definition/', login, body: { definition } });
    write('grp-plain.json', { exec: '/bin/cat', argv: ['-u'] });
    write('grp-a.json', { exec: '/bin/cat', tags: ['mine', 'group:forged'] });
    write('grp-b.json', { exec: '/bin/cat' });
    expect((await group()).stdout).toMatch(/^created grp-a\ncreated grp-b\nchanged grp-plain\n/);
    expect((await stored('grp-a')).tags).toEqual(['mine', 'group:team']);
    expect((await group('--prune')).stdout).toBe('unchanged grp-a\nunchanged grp-b\nunchanged grp-plain\n');
    // without --group the mark stays
    write('grp-b.json', { exec: '/bin/cat', argv: ['-u'] });
    expect((await apply(folder)).stdout).toContain('changed grp-b\n');
    for (const name of ['grp-plain', 'grp-b']) rmSync(join(folder, `${name}.json`));
    const asked = await group('--prune');
    expect([asked.code, asked.stdout]).toEqual([2, '']);
    expect(asked.stderr).toMatch(/Of the group team on here, the files no longer hold:\n {2}grp-b\nprocreg: Remove it from here\?/);
    expect((await group('--prune', '--dry-run')).stdout).toBe('unchanged grp-a (dry run)\nremoved grp-b from here (dry run)\n');
    expect(await names()).toEqual(['grp-a', 'grp-b', 'grp-bob', 'grp-other', 'grp-plain']);
    expect((await group('--prune', '--yes')).stdout).toBe('unchanged grp-a\nremoved grp-b from here\n');
    expect(await names()).toEqual(['grp-a', 'grp-bob', 'grp-other', 'grp-plain']);
  });

  test('with an empty folder, or without a group, is refused', async () => {
    for (const words of [
      [folder, '--group', 'team', '--prune', '--yes'],
      [folder, '--prune'],
      [folder, '--group', 'a,b'],
    ])
      expect((await apply(...words)).code, words.join(' ')).toBeGreaterThan(0);
    expect(await names()).toContain('grp-a');
  });
});
