// Typed parameters: how callers give them, how they are checked, and what becomes of them in argv; secrets.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { multipart, type Sent } from '../support/http.js';
import { declared, defined, execute, needed, refused, shell, shellWith, show, store } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const text = { type: 'string' };
const list = { type: 'array', items: text };

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.stop());

/** The arguments that the program got. */
async function got(definition: object, query = '', sent: Partial<Sent> = {}): Promise<string[]> {
  const answer = await execute(server, definition, { query, ...sent });
  expect(answer.status, answer.text).toBe(200);
  return answer.json;
}

describe('values', () => {
  const typed = show(['${count}', '--word=${word}', '${word}'], needed({ count: { type: 'integer', minimum: 1 }, word: text }));

  test('come by query, by multipart, or as the JSON body of a definition that takes no message', async () => {
    const wanted = ['3', '--word=a b;$(id)', 'a b;$(id)'];
    expect(await got(typed, '?count=3&word=a%20b%3B%24(id)')).toEqual(wanted);
    const form = await multipart([
      ['count', '3'],
      ['word', 'a b;$(id)'],
    ]);
    expect(await got(typed, '', form)).toEqual(wanted);
    expect(await got(typed, '', { body: { count: 3, word: 'a b;$(id)' } })).toEqual(wanted);
    expect(await got(typed, '?count=3', { body: { word: 'a b;$(id)' } })).toEqual(wanted);
  });

  test('come as a urlencoded form, to a definition that takes a message only where every field is a parameter', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    expect(await got(typed, '', { headers: form, body: 'count=3&word=a+b%3B%24(id)' })).toEqual(['3', '--word=a b;$(id)', 'a b;$(id)']);
    await refused(server, 'nosuch', typed, { headers: form, body: 'count=3&nosuch=1' });
    const undeclared = await execute(server, show([], { input_adapter: { input_type: 'none' } }), { headers: form, body: 'a=b' });
    expect(undeclared.json.code).toBe('message_not_taken');
    const told = shellWith('echo "$1"; cat', ['${word}'], {
      ...declared({ word: { ...text, default: 'd' } }),
      input_adapter: { input_type: 'file' },
    });
    for (const [body, output] of [
      ['word=w', 'w\n'],
      ['word=w&other=1', 'd\nword=w&other=1'],
      ['any message', 'd\nany message'],
    ])
      expect((await execute(server, told, { headers: form, body })).text).toBe(output);
  });

  test('are checked against their types in every form', async () => {
    for (const wrong of ['abc', '0', '1.5', '']) {
      await refused(server, 'count', typed, { query: `?count=${wrong}&word=x` });
      const form = await multipart([
        ['count', wrong],
        ['word', 'x'],
      ]);
      await refused(server, 'count', typed, form);
    }
    await refused(server, 'count', typed, { body: { count: 'abc', word: 'x' } });
  });

  test('have the defaults of the declaration; outside of groups a value or a default is required', async () => {
    const definition = show(['${rate}', '${word}'], needed({ rate: { type: 'integer', default: 44100 }, word: text }));
    expect(await got(definition, '?word=x')).toEqual(['44100', 'x']);
    expect(await got(definition, '?word=x&rate=8000')).toEqual(['8000', 'x']);
    await refused(server, 'word', definition, { query: '?rate=8000' });
  });

  test('may be required by the schema', async () => {
    await refused(server, 'x', show([['-x', '${x}']], declared({ x: text }, { required: ['x'] })), { query: '' });
  });

  test('of an enum are one of its values', async () => {
    const definition = show(['${format}'], needed({ format: { enum: ['mp3', '-ogg'] } }));
    expect(await got(definition, '?format=mp3')).toEqual(['mp3']);
    await refused(server, 'format', definition, { query: '?format=wav' });
  });

  test('that are not declared are refused, with the declared names', async () => {
    expect(await refused(server, 'speed', typed, { query: '?count=3&word=x&speed=1' })).toContain('count');
    await refused(server, 'speed', typed, { body: { count: 3, word: 'x', speed: 1 } });
    await refused(server, 'speed', { exec: '/bin/cat' }, { query: '?speed=1' });
  });

  test('are never expanded again', async () => {
    expect(await got(typed, `?count=1&word=${encodeURIComponent('${count}$<count>')}`)).toEqual([
      '1',
      '--word=${count}$<count>',
      '${count}$<count>',
    ]);
  });

  test('reach the environment and the cwd, too', async () => {
    const more = { environment: { WORD: '<${word}>' }, cwd: 'in-$<word>' };
    const script = shell('printf "$WORD in "; basename "$PWD"', { ...declared({ word: text }), ...more });
    expect((await execute(server, script, { query: '?word=x' })).text).toBe('<x> in in-x\n');
  });

  test('reach the paths of files, too', async () => {
    const output = { output_adapter: { output_type: 'file', output_parameters: { file_path: '${word}.txt' } } };
    const script = shellWith('echo kept > "$1.txt"', ['${word}'], { ...needed({ word: text }), ...output });
    expect((await execute(server, script, { query: '?word=x' })).text).toBe('kept\n');
  });
});

describe('argv', () => {
  test('a list fills one argument each; repeated in the query it is a list', async () => {
    const definition = show(['a', '${files}', 'z'], needed({ files: list }));
    expect(await got(definition, '?files=1&files=2%203&files=')).toEqual(['a', '1', '2 3', '', 'z']);
    expect(await got(definition, '?files=1')).toEqual(['a', '1', 'z']);
    expect(await got(definition, '', { body: { files: ['1', '2'] } })).toEqual(['a', '1', '2', 'z']);
    const form = await multipart([
      ['files', '1'],
      ['files', '2'],
    ]);
    expect(await got(definition, '', form)).toEqual(['a', '1', '2', 'z']);
  });

  test('a group is dropped when a parameter in it is unset', async () => {
    const definition = show([['-b:a', '${bitrate}'], ['-x', '${x}', '${y}'], 'end'], declared({ bitrate: text, x: text, y: text }));
    expect(await got(definition)).toEqual(['end']);
    expect(await got(definition, '?bitrate=192k&x=1')).toEqual(['-b:a', '192k', 'end']);
    expect(await got(definition, '?x=1&y=2')).toEqual(['-x', '1', '2', 'end']);
  });

  test('a group with `when` stands while that parameter is true', async () => {
    const definition = show([{ when: 'verbose', args: ['-v', '--all'] }, 'end'], declared({ verbose: { type: 'boolean' } }));
    expect(await got(definition)).toEqual(['end']);
    expect(await got(definition, '?verbose=true')).toEqual(['-v', '--all', 'end']);
    expect(await got(definition, '?verbose=false')).toEqual(['end']);
    expect(await got(definition, '', { body: { verbose: false } })).toEqual(['end']);
  });

  test("a caller's text that fills an argument may not begin with a dash", async () => {
    for (const [definition, query] of [
      [show(['${word}'], needed({ word: text })), '?word=-rf'],
      [show([['-x', '$<word>']], declared({ word: text })), '?word=--help'],
      [show(['${word}'], needed({ word: list })), '?word=a&word=-b'],
    ] as const)
      await refused(server, 'word', definition, { query });
  });

  test('a dash is allowed where the declaration says so, inside an argument, for numbers and for values of an enum', async () => {
    expect(await got(show(['${word}'], needed({ word: { ...text, allow_leading_dash: true } })), '?word=-rf')).toEqual(['-rf']);
    expect(await got(show(['--word=${word}'], needed({ word: text })), '?word=-rf')).toEqual(['--word=-rf']);
    expect(await got(show(['${gain}'], needed({ gain: { type: 'number' } })), '?gain=-1.5')).toEqual(['-1.5']);
    expect(await got(show(['${format}'], needed({ format: { enum: ['-ogg'] } })), '?format=-ogg')).toEqual(['-ogg']);
  });

  test('both spellings of a placeholder mean the same, and both have an escape', async () => {
    expect(await got(show(['${x}$<x>', '$${x}', '$$<x>', '$x'], needed({ x: text })), '?x=1')).toEqual(['11', '${x}', '$<x>', '$x']);
  });

  test('an unknown placeholder is a fault of the definition, which names the declared parameters and the escape', async () => {
    const { status, json } = await store(server, show(['${typo}'], declared({ speed: text })));
    expect(status).toBe(400);
    for (const part of ['${typo}', 'speed', '$${typo}']) expect(json.error).toContain(part);
  });
});

describe('secrets', () => {
  const secret = 'hunter2-hunter2';
  const key = { ...text, secret: true, minLength: 8 };
  const more = { ...needed({ key }), environment: { KEY: 'k=${key}' } };
  const definition = shellWith('printf "%s %s" "$${#1}" "$${#KEY}"', ['${key}'], more);

  test('in the query are refused, naming the way to send them, and are not repeated', async () => {
    const sentence = await refused(server, 'key', definition, { query: `?key=${secret}` });
    expect(sentence).toContain('multipart/form-data');
    expect(sentence).not.toContain(secret);
  });

  test('reach the program, and are shown neither in the run nor in lists nor in explain/', async () => {
    const answer = await execute(server, definition, await multipart([['key', secret]]));
    expect(answer.text).toBe('15 17');
    const path = await defined(server, definition);
    const explained = await server.send({ method: 'POST', path: `${path}explain/`, body: { key: secret } });
    const run = await server.send({ path: `/api/run/${answer.headers['run-id']}/` });
    expect([explained.status, explained.json.argv.at(-1), explained.json.environment.KEY, run.json.argv.at(-1)]).toEqual([
      200,
      '***',
      'k=***',
      '***',
    ]);
    for (const shown of [explained, run, await server.send({ path: '/api/run/' })]) expect(shown.text).not.toContain(secret);
    expect(server.said()).not.toContain(secret);
  });

  test('that are wrong are not repeated in the answer', async () => {
    const sent = { body: { key: 'short!!' } };
    expect(await refused(server, 'key', definition, sent)).not.toContain('short!!');
  });
});
