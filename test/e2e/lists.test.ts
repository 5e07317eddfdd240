// Lists in argv: repeated flags, repeated arguments, and lists of files.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { multipart } from '../support/http.js';
import { declared, defined, execute, needed, refused, shellWith, show, store } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const text = { type: 'string' };
const list = { type: 'array', items: text };
const files = { type: 'array', items: { type: 'string', format: 'file' } };
const tagged = declared({ tags: list, others: list, word: { ...text, default: 'w' }, on: { type: 'boolean' } });

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.stop());

const each = (args: string[]) => [{ each: 'tags', args }];

describe('argv', () => {
  test.each<[string, unknown[], object, string[]]>([
    ['a flag for each item', each(['--tag', '${tags}']), { tags: ['a', 'b c'] }, ['--tag', 'a', '--tag', 'b c']],
    [
      'several arguments for each item',
      each(['-x', '${word}=${tags}', '$<tags>']),
      { tags: ['1', '2'] },
      ['-x', 'w=1', '1', '-x', 'w=2', '2'],
    ],
    ['nothing for an empty list', [...each(['--tag', '${tags}']), 'end'], { tags: [] }, ['end']],
    ['nothing for a list that is not given', [...each(['--tag', '${tags}']), 'end'], {}, ['end']],
    ['arguments that do not name the item', each(['-v']), { tags: ['a', 'b'] }, ['-v', '-v']],
    ['an argument repeated by itself', [['--tag=${tags}']], { tags: ['a', 'b'] }, ['--tag=a', '--tag=b']],
    ['an item twice in an argument', [['${tags}:${tags}']], { tags: ['a', 'b'] }, ['a:a', 'b:b']],
    ['a group with a list in it', [['-t', '--tag=${tags}']], { tags: ['a', 'b'] }, ['-t', '--tag=a', '--tag=b']],
    [
      'a list within the repetition of another',
      each(['${tags}${others}']),
      { tags: ['a', 'b'], others: ['1', '2'] },
      ['a1', 'a2', 'b1', 'b2'],
    ],
    ['a repetition under a condition', [{ when: 'on', each: 'tags', args: ['${tags}'] }, 'end'], { tags: ['a'] }, ['end']],
    ['the same condition met', [{ when: 'on', each: 'tags', args: ['${tags}'] }, 'end'], { tags: ['a'], on: true }, ['a', 'end']],
  ])('has %s', async (_what, argv, body, wanted) => {
    const answer = await execute(server, show(argv, tagged), { body });
    expect([answer.status, answer.json]).toEqual([200, wanted]);
  });

  test('is shown with its repetitions by explain/ and by the record', async () => {
    const path = await defined(server, { exec: '/bin/echo', argv: each(['-t', '${tags}']), ...tagged });
    const sent = { method: 'POST', body: { tags: ['a', 'b'] } };
    expect((await server.send({ ...sent, path: `${path}explain/` })).json.argv).toEqual(['-t', 'a', '-t', 'b']);
    const { headers } = await server.send({ ...sent, path: `${path}execute/` });
    expect((await server.send({ path: `/api/run/${headers['run-id']}/` })).json.argv).toEqual(['-t', 'a', '-t', 'b']);
  });

  test.each([
    [each(['${tags}']), { word: text }, 'argv[0].each', 'tags'],
    [[{ each: 'word', args: ['${word}'] }], { word: text }, 'argv[0].each', '"type": "array"'],
    [[['${tags}${others}']], { tags: list, others: list }, 'argv[0][0]', 'tags, others'],
  ])('%j is refused when saved', async (argv, properties, path, said) => {
    const { status, json } = await store(server, { exec: '/bin/true', argv, ...declared(properties) });
    expect([status, json.faults[0].path]).toEqual([400, path]);
    expect(json.faults[0].message).toContain(said);
  });

  test('an item may not become an option, and a repetition may not outgrow a command', async () => {
    await refused(server, 'tags', show(each(['--tag', '${tags}']), tagged), { body: { tags: ['a', '-b'] } });
    const long = show(each([`${'x'.repeat(2000)}\${tags}`, ...Array.from({ length: 20 }, () => '${tags}${others}')]), tagged);
    const many = Array.from({ length: 2000 }, () => 'a');
    const answer = await execute(server, long, { body: { tags: many, others: many } });
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_parameters']);
    expect(answer.json.detail).toContain('the command has');
  });
});

describe('a list of files', () => {
  const cat = shellWith('for f; do basename "$f"; cat "$f"; done', ['${files}'], needed({ files }));

  test('is filled by repeated parts in their order, also with the same name', async () => {
    const form = await multipart([
      ['files', new File(['one\n'], 'b.txt')],
      ['files', new File(['two\n'], 'a.txt')],
      ['files', new File(['three\n'], 'b.txt')],
    ]);
    expect((await execute(server, cat, form)).text).toBe('b.txt\none\na.txt\ntwo\nb.txt\nthree\n');
  });

  test('may be one file, or none', async () => {
    expect((await execute(server, cat, await multipart([['files', new File(['one'], 'b.txt')]]))).text).toBe('b.txt\none');
    const flags = { ...cat, ...declared({ files }), argv: ['-c', 'echo $#', 'sh', { each: 'files', args: ['-i', '${files}'] }] };
    expect((await execute(server, flags)).text).toBe('0\n');
  });

  test('is never a path that the caller names, and keeps the bounds of its declaration', async () => {
    await refused(server, 'files', cat, { body: { files: ['/etc/passwd'] } });
    const bounded = { ...cat, ...needed({ files: { ...files, maxItems: 1 } }) };
    const form = await multipart([
      ['files', new File(['1'], 'a')],
      ['files', new File(['2'], 'b')],
    ]);
    await refused(server, 'files', bounded, form);
  });
});
