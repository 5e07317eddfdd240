// Typed parameters: how callers give them, how they are checked, and what becomes of them in argv; secrets and files.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Sent } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';

type Properties = Record<string, object>;

const showArguments = 'import sys, json; print(json.dumps(sys.argv[1:]))';
const declared = (properties: Properties, more: object = {}) => ({ parameters: { type: 'object', properties, ...more } });
/** A program that answers with its arguments as JSON. */
const show = (argv: unknown[], properties: Properties = {}, more: object = {}) => ({
  exec: '/usr/bin/python3',
  argv: ['-c', showArguments, ...argv],
  ...declared(properties, more),
});
const shell = (script: string, argv: string[], properties: Properties, more: object = {}) => ({
  exec: '/bin/sh',
  argv: ['-c', script, 'sh', ...argv],
  ...declared(properties),
  ...more,
});
const text = { type: 'string' };
const list = { type: 'array', items: text };

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.stop());

function store(definition: object): Promise<Answer> {
  return server.send({ method: 'POST', path: '/api/process_definition/', body: { definition } });
}

async function defined(definition: object): Promise<string> {
  const stored = await store(definition);
  expect(stored.status, stored.text).toBe(201);
  return new URL(stored.headers.location as string, server.url).pathname;
}

async function execute(definition: object, query = '', sent: Partial<Sent> = {}): Promise<Answer> {
  return server.send({ method: 'POST', path: `${await defined(definition)}execute/${query}`, ...sent });
}

/** The arguments that the program got. */
async function got(definition: object, query = '', sent: Partial<Sent> = {}): Promise<string[]> {
  const answer = await execute(definition, query, sent);
  expect(answer.status, answer.text).toBe(200);
  return answer.json;
}

/** The sentence of a 400 that names the parameter. */
async function refused(definition: object, query: string, name: string, sent: Partial<Sent> = {}): Promise<string> {
  const path = await defined(definition);
  const { status, json } = await server.send({ method: 'POST', path: `${path}execute/${query}`, ...sent });
  expect([status, json.code]).toEqual([400, 'invalid_parameters']);
  expect(json.detail).toContain(`'${name}'`);
  expect((await server.send({ path: `/api/run/?definition=${path}` })).json.objects).toEqual([]);
  return json.detail;
}

async function multipart(parts: [string, string | File][]): Promise<Partial<Sent>> {
  const form = new FormData();
  for (const [name, value] of parts) form.append(name, value);
  const encoded = new Response(form);
  return { body: Buffer.from(await encoded.arrayBuffer()), headers: { 'content-type': encoded.headers.get('content-type') as string } };
}

describe('values', () => {
  const typed = show(['${count}', '--word=${word}', '${word}'], { count: { type: 'integer', minimum: 1 }, word: text });

  test('come by query, by multipart, or as the JSON body of a definition that takes no message', async () => {
    const wanted = ['3', '--word=a b;$(id)', 'a b;$(id)'];
    expect(await got(typed, '?count=3&word=a%20b%3B%24(id)')).toEqual(wanted);
    expect(
      await got(
        typed,
        '',
        await multipart([
          ['count', '3'],
          ['word', 'a b;$(id)'],
        ]),
      ),
    ).toEqual(wanted);
    expect(await got(typed, '', { body: { count: 3, word: 'a b;$(id)' } })).toEqual(wanted);
    expect(await got(typed, '?count=3', { body: { word: 'a b;$(id)' } })).toEqual(wanted);
  });

  test('are held to their types by every way', async () => {
    for (const wrong of ['abc', '0', '1.5', '']) {
      await refused(typed, `?count=${wrong}&word=x`, 'count');
      await refused(
        typed,
        '',
        'count',
        await multipart([
          ['count', wrong],
          ['word', 'x'],
        ]),
      );
    }
    await refused(typed, '', 'count', { body: { count: 'abc', word: 'x' } });
  });

  test('have the defaults of the declaration, and need one or the other outside of groups', async () => {
    const definition = show(['${rate}', '${word}'], { rate: { type: 'integer', default: 44100 }, word: text });
    expect(await got(definition, '?word=x')).toEqual(['44100', 'x']);
    expect(await got(definition, '?word=x&rate=8000')).toEqual(['8000', 'x']);
    await refused(definition, '?rate=8000', 'word');
  });

  test('may be required by the schema', async () => {
    await refused(show([['-x', '${x}']], { x: text }, { required: ['x'] }), '', 'x');
  });

  test('of an enum are one of its values', async () => {
    const definition = show(['${format}'], { format: { enum: ['mp3', '-ogg'] } });
    expect(await got(definition, '?format=mp3')).toEqual(['mp3']);
    await refused(definition, '?format=wav', 'format');
  });

  test('that are not declared are refused, with the declared names', async () => {
    expect(await refused(typed, '?count=3&word=x&speed=1', 'speed')).toContain('count');
    await refused(typed, '', 'speed', { body: { count: 3, word: 'x', speed: 1 } });
    await refused({ exec: '/bin/cat' }, '?speed=1', 'speed');
  });

  test('are never expanded again', async () => {
    expect(await got(typed, `?count=1&word=${encodeURIComponent('${count}$<count>')}`)).toEqual([
      '1',
      '--word=${count}$<count>',
      '${count}$<count>',
    ]);
  });

  test('reach the environment and the cwd, too', async () => {
    const script = shell(
      'printf "$WORD in "; basename "$PWD"',
      [],
      { word: text },
      { environment: { WORD: '<${word}>' }, cwd: 'in-$<word>' },
    );
    expect((await execute(script, '?word=x')).text).toBe('<x> in in-x\n');
  });

  test('reach the paths of files, too', async () => {
    const output = { output_adapter: { output_type: 'file', output_parameters: { file_path: '${word}.txt' } } };
    expect((await execute(shell('echo kept > "$1.txt"', ['${word}'], { word: text }, output), '?word=x')).text).toBe('kept\n');
  });
});

describe('argv', () => {
  test('a list fills one argument each; repeated in the query it is a list', async () => {
    const definition = show(['a', '${files}', 'z'], { files: list });
    expect(await got(definition, '?files=1&files=2%203&files=')).toEqual(['a', '1', '2 3', '', 'z']);
    expect(await got(definition, '?files=1')).toEqual(['a', '1', 'z']);
    expect(await got(definition, '', { body: { files: ['1', '2'] } })).toEqual(['a', '1', '2', 'z']);
    expect(
      await got(
        definition,
        '',
        await multipart([
          ['files', '1'],
          ['files', '2'],
        ]),
      ),
    ).toEqual(['a', '1', '2', 'z']);
    expect((await store(show(['--files=${files}'], { files: list }))).status).toBe(400);
  });

  test('a group is dropped when a parameter in it is unset', async () => {
    const definition = show([['-b:a', '${bitrate}'], ['-x', '${x}', '${y}'], 'end'], { bitrate: text, x: text, y: text });
    expect(await got(definition)).toEqual(['end']);
    expect(await got(definition, '?bitrate=192k&x=1')).toEqual(['-b:a', '192k', 'end']);
    expect(await got(definition, '?x=1&y=2')).toEqual(['-x', '1', '2', 'end']);
  });

  test('a group with `when` stands while that parameter is true', async () => {
    const definition = show([{ when: 'verbose', args: ['-v', '--all'] }, 'end'], { verbose: { type: 'boolean' } });
    expect(await got(definition)).toEqual(['end']);
    expect(await got(definition, '?verbose=true')).toEqual(['-v', '--all', 'end']);
    expect(await got(definition, '?verbose=false')).toEqual(['end']);
    expect(await got(definition, '', { body: { verbose: false } })).toEqual(['end']);
  });

  test("a caller's text that fills an argument may not begin with a dash", async () => {
    for (const [definition, query] of [
      [show(['${word}'], { word: text }), '?word=-rf'],
      [show([['-x', '$<word>']], { word: text }), '?word=--help'],
      [show(['${word}'], { word: list }), '?word=a&word=-b'],
    ] as const)
      await refused(definition, query, 'word');
  });

  test('a dash is free where the declaration allows it, inside an argument, for numbers and for values of an enum', async () => {
    expect(await got(show(['${word}'], { word: { ...text, allow_leading_dash: true } }), '?word=-rf')).toEqual(['-rf']);
    expect(await got(show(['--word=${word}'], { word: text }), '?word=-rf')).toEqual(['--word=-rf']);
    expect(await got(show(['${gain}'], { gain: { type: 'number' } }), '?gain=-1.5')).toEqual(['-1.5']);
    expect(await got(show(['${format}'], { format: { enum: ['-ogg'] } }), '?format=-ogg')).toEqual(['-ogg']);
  });

  test('both spellings of a placeholder mean the same, and both have an escape', async () => {
    expect(await got(show(['${x}$<x>', '$${x}', '$$<x>', '$x'], { x: text }), '?x=1')).toEqual(['11', '${x}', '$<x>', '$x']);
  });

  test('an unknown placeholder is a fault of the definition, told with the declared names and the escape', async () => {
    const { status, json } = await store(show(['${typo}'], { speed: text }));
    expect(status).toBe(400);
    for (const part of ['${typo}', 'speed', '$${typo}']) expect(json.error).toContain(part);
  });
});

describe('secrets', () => {
  const secret = 'hunter2-hunter2';
  const key = { ...text, secret: true, minLength: 8 };
  const definition = shell('printf "%s %s" "$${#1}" "$${#KEY}"', ['${key}'], { key }, { environment: { KEY: 'k=${key}' } });

  test('in the query are refused with the way to send them, and are not repeated', async () => {
    const sentence = await refused(definition, `?key=${secret}`, 'key');
    expect(sentence).toContain('multipart/form-data');
    expect(sentence).not.toContain(secret);
  });

  test('reach the program, and show neither in the run nor in lists nor in explain/', async () => {
    const answer = await execute(definition, '', await multipart([['key', secret]]));
    expect(answer.text).toBe('15 17');
    const path = await defined(definition);
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
    expect(await refused(definition, '', 'key', sent)).not.toContain('short!!');
  });
});

describe('files', () => {
  const lut = { ...text, format: 'file' };

  test('a file part named like a file parameter is its value: a path with its name and contents', async () => {
    const definition = shell('basename "$1"; cat "$1"', ['${lut}'], { lut });
    expect((await execute(definition, '', await multipart([['lut', new File(['cube'], 'my lut.cube')]]))).text).toBe('my lut.cube\ncube');
  });

  test('a file parameter is never a path that the caller names', async () => {
    const definition = shell('cat "$1"', ['${lut}'], { lut });
    expect(await refused(definition, '?lut=/etc/passwd', 'lut')).toContain('multipart');
    await refused(definition, '', 'lut', await multipart([['lut', '/etc/passwd']]));
    expect((await execute(definition, '', { body: { lut: '/etc/passwd' } })).status).toBe(400);
  });

  test('one other file is the message, and the rest go into the work directory under their names', async () => {
    const definition = { exec: '/bin/sh', argv: ['-c', 'cat; ls; cat b.txt'] };
    const form = await multipart([
      ['message', new File(['hello\n'], 'm')],
      ['x', new File(['bee'], 'b.txt')],
      ['y', new File(['sea'], 'c.txt')],
    ]);
    expect((await execute(definition, '', form)).text).toBe('hello\nb.txt\nc.txt\nbee');
    expect((await execute(shell('ls', [], {}), '', form)).text).toBe('b.txt\nc.txt\nm\n');
  });

  test.each(['../x', 'a/b', '..', '/etc/x'])('a file named %s is 400', async (name) => {
    const answer = await execute(shell('ls', [], {}), '', await multipart([['x', new File(['x'], name)]]));
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_request']);
  });
});

describe('explain/', () => {
  test('shows by GET and by POST what would run, and starts nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'procreg-explain-'));
    const path = await defined({ exec: 'touch', argv: [`${folder}/\${name}`, '${workdir}/x'], timeout: 7, ...declared({ name: text }) });
    const ways = [
      await server.send({ path: `${path}explain/?name=x` }),
      await server.send({ method: 'POST', path: `${path}explain/`, body: { name: 'x' } }),
    ];
    for (const { status, json } of ways) {
      expect([status, json.exec, json.argv, json.timeout]).toEqual([200, '/usr/bin/touch', [`${folder}/x`, '${workdir}/x'], 7]);
    }
    expect((await server.send({ path: `${path}explain/?nome=x` })).json.code).toBe('invalid_parameters');
    expect((await server.send({ path: `/api/run/?definition=${path}` })).json.objects).toEqual([]);
    expect(existsSync(`${folder}/x`)).toBe(false);
    rmSync(folder, { recursive: true });
  });
});
