// What people try against a server that runs programs: each case has one true answer, and the server stays the same process.
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Sent } from '../support/http.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const mebibyte = 2 ** 20;
const showArguments = 'import sys, json; print(json.dumps(sys.argv[1:]))';
const show = (...argv: string[]) => ({ exec: '/usr/bin/python3', argv: ['-c', showArguments, ...argv] });
const shell = (script: string) => ({ exec: '/bin/sh', argv: ['-c', script] });
const ann = 'ann:ann-password';
const bob = 'bob:bob-password';

let server: TestServer;
let folder: string;
let idleBytes: number;
let annsDefinition: string;
let annsRun: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'procreg-abuse-'));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'not-executable'), '#!/bin/sh\necho ran\n', { mode: 0o644 });
  server = await startServer();
  await server.user(ann, 'author');
  await server.user(bob, 'author');
  annsDefinition = await defined(shell('echo from ann'), ann);
  const ran = await server.send({ method: 'POST', path: `${annsDefinition}execute/`, login: ann });
  annsRun = `/api/run/${ran.headers['run-id']}/`;
  idleBytes = server.peakBytes();
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

function store(definition: unknown, login = adminLogin, more: object = {}): Promise<Answer> {
  return server.send({ method: 'POST', path: '/api/process_definition/', login, body: { definition, ...more } });
}

/** Returns the path of the new definition. */
async function defined(definition: unknown, login?: string): Promise<string> {
  const { status, headers, text } = await store(definition, login);
  expect(status, text).toBe(201);
  return new URL(headers.location as string, server.url).pathname;
}

async function run(definition: unknown, sent: Partial<Sent> & { query?: string } = {}): Promise<Answer> {
  const { query = '', ...rest } = sent;
  return server.send({ method: 'POST', path: `${await defined(definition)}execute/${query}`, ...rest });
}

function raw(text: string): Promise<Answer> {
  return server.send({ method: 'POST', path: '/api/process_definition/', headers: { 'content-type': 'application/json' }, body: text });
}

/** A definition of about so many bytes. */
function large(bytes: number): Promise<Answer> {
  return store({ exec: '/bin/true', description: 'x'.repeat(bytes) });
}

function* blocks(count: number, see: (block: Buffer) => void = () => {}): Generator<Buffer> {
  for (let index = 0; index < count; index++) {
    const block = Buffer.alloc(mebibyte, `block ${index} \0\xff`);
    see(block);
    yield block;
  }
}

interface Case {
  what: string;
  status: number;
  code?: string;
  ask: () => Promise<Answer>;
  /** What else must be true of the answer. */
  also?: (answer: Answer) => void;
}

const says =
  (...parts: string[]) =>
  (answer: Answer) => {
    for (const part of parts) expect(answer.json.detail).toContain(part);
  };
const prints =
  (...argv: string[]) =>
  (answer: Answer) =>
    expect(answer.json).toEqual(argv);
const gives = (bytes: number) => (answer: Answer) => expect(answer.bytes.length).toBe(bytes);
const stderrOutput = { output_type: 'file', output_parameters: { file_type: 'stream', stream_name: 'STDERR' } };
const free = { type: 'object', properties: { text: { type: 'string' } } };

const bodies: Case[] = [
  {
    what: '50 MB of stdin to a program that reads nothing',
    status: 200,
    ask: () => run({ exec: '/bin/true' }, { body: Buffer.alloc(50e6) }),
    also: gives(0),
  },
  {
    what: 'the same without a Content-Length',
    status: 200,
    ask: () => run({ exec: '/bin/true' }, { body: Readable.from(blocks(50)) }),
    also: gives(0),
  },
  {
    what: '1 MB of stderr beside an answer',
    status: 200,
    ask: () => run(shell('head -c 1000000 /dev/zero >&2; echo fine')),
    also: ({ text }) => expect(text).toBe('fine\n'),
  },
  {
    what: '1 MB of stderr as the answer',
    status: 200,
    ask: () => run({ ...shell('head -c 1000000 /dev/zero >&2'), output_adapter: stderrOutput }),
    also: gives(1e6),
  },
  {
    what: '1 MB of stderr before a failure',
    status: 422,
    code: 'exit',
    ask: () => run(shell('head -c 1000000 /dev/zero | tr "\\0" e >&2; exit 1')),
    also: ({ json }) => expect(json.stderr).toBe('e'.repeat(4096)),
  },
  {
    what: 'a message where none is taken',
    status: 400,
    code: 'message_not_taken',
    ask: () => run({ exec: '/bin/true', input_adapter: { input_type: 'none' } }, { body: 'hello' }),
  },
  { what: 'a definition of 900 KB', status: 201, ask: () => large(900_000) },
  { what: 'a definition of 2 MiB', status: 413, code: 'body_too_large', ask: () => large(2 * mebibyte) },
];

const argumentsOf: Case[] = [
  {
    what: 'a command substitution and a semicolon in argv arrive literally',
    status: 200,
    ask: () => run(show('$(id)', ';', '`id`', '&& id', '> x')),
    also: prints('$(id)', ';', '`id`', '&& id', '> x'),
  },
  {
    what: 'empty and blank arguments arrive',
    status: 200,
    ask: () => run(show('', ' a  b ', '', '\n', '*')),
    also: prints('', ' a  b ', '', '\n', '*'),
  },
  {
    what: 'a command substitution in a parameter arrives literally',
    status: 200,
    ask: () => run({ ...show('${text}'), parameters: free }, { query: '?text=%24(id)%3B%20%24%7Btext%7D' }),
    also: prints('$(id); ${text}'),
  },
  { what: 'NUL in argv', status: 400, code: 'invalid_request', ask: () => store(show('a\0b')) },
  {
    what: 'NUL in a parameter',
    status: 400,
    code: 'invalid_parameters',
    ask: () => run({ ...show('${text}'), parameters: free }, { query: '?text=a%00b' }),
  },
  {
    what: '__proto__ in environment',
    status: 400,
    code: 'invalid_request',
    ask: () => raw('{"definition": {"exec": "/usr/bin/env", "environment": {"__proto__": "x"}}}'),
  },
  {
    what: 'an environment that is the value of __proto__',
    status: 400,
    code: 'invalid_request',
    ask: () => raw('{"definition": {"exec": "/usr/bin/env", "environment": {"__proto__": {"LD_PRELOAD": "x"}}}}'),
  },
  {
    what: 'a name A=B in environment',
    status: 400,
    code: 'invalid_definition',
    ask: () => store({ exec: '/usr/bin/env', environment: { 'A=B': 'c' } }),
  },
  { what: 'an argument that is larger than the system takes', status: 422, code: 'spawn_error', ask: () => run(show('x'.repeat(200_000))) },
];

const programs: Case[] = [
  {
    what: 'a program that is missing',
    status: 422,
    code: 'spawn_error',
    ask: () => run({ exec: '/no/such/program' }),
    also: says('/no/such/program'),
  },
  {
    what: 'a name that is not in PATH',
    status: 422,
    code: 'spawn_error',
    ask: () => run({ exec: 'no-such-program' }),
    also: says('no-such-program'),
  },
  {
    what: 'a program that is not executable',
    status: 422,
    code: 'spawn_error',
    ask: () => run({ exec: join(folder, 'not-executable') }),
    also: (answer) => says(join(folder, 'not-executable'), 'uid')(answer),
  },
  {
    what: 'a directory as the program',
    status: 422,
    code: 'spawn_error',
    ask: () => run({ exec: '/usr' }),
    also: says('/usr', 'directory'),
  },
  {
    what: 'a cwd that is missing',
    status: 422,
    code: 'spawn_error',
    ask: () => run({ exec: '/bin/true', cwd: '/no/such/folder' }),
    also: says('cwd', '/no/such/folder'),
  },
  {
    what: 'a cwd that is missing, with 50 MB of stdin',
    status: 422,
    code: 'spawn_error',
    ask: () => run({ exec: '/bin/true', cwd: '/no/such/folder' }, { body: Buffer.alloc(50e6) }),
  },
  {
    what: 'an id that is taken',
    status: 409,
    code: 'id_taken',
    ask: () => store({ exec: '/bin/true' }, adminLogin, { id: Number(annsDefinition.match(/\d+/)?.[0]) }),
  },
];

const foreign = (what: string, sent: () => Sent): Case => ({
  what: `${what} of another user`,
  status: 404,
  code: 'not_found',
  ask: () => server.send({ login: bob, ...sent() }),
});
const strangers: Case[] = [
  foreign('reading the definition', () => ({ path: annsDefinition })),
  foreign('executing the definition', () => ({ method: 'POST', path: `${annsDefinition}execute/` })),
  foreign('explaining the definition', () => ({ path: `${annsDefinition}explain/` })),
  foreign('deleting the definition', () => ({ method: 'DELETE', path: annsDefinition })),
  foreign('reading the run', () => ({ path: annsRun })),
  foreign('waiting for the run', () => ({ path: `${annsRun}wait/` })),
  foreign('reading the output', () => ({ path: `${annsRun}output/` })),
  foreign('reading the log', () => ({ path: `${annsRun}log/` })),
  foreign('following the log', () => ({ path: `${annsRun}log/?follow=1`, headers: { accept: 'text/event-stream' } })),
  foreign('deleting the run', () => ({ method: 'DELETE', path: annsRun })),
];

for (const { what, status, code, ask, also } of [...bodies, ...argumentsOf, ...programs, ...strangers]) {
  test(`${what}: ${status} ${code ?? ''}`, async () => {
    const answer = await ask();
    expect(answer.status, answer.text.slice(0, 500)).toBe(status);
    if (code) expect(answer.json.code).toBe(code);
    also?.(answer);
  });
}

test('200 MB go through cat unchanged', async () => {
  const sent = createHash('sha256');
  const path = `${await defined({ exec: '/bin/cat' })}execute/`;
  const answer = await answered(
    path,
    Readable.from(
      blocks(200, (block) => sent.update(block)),
      { objectMode: false },
    ),
  );
  expect(answer.statusCode).toBe(200);
  const received = createHash('sha256');
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    received.update(chunk);
    bytes += chunk.length;
  }
  expect(bytes).toBe(200 * mebibyte);
  expect(received.digest('hex')).toBe(sent.digest('hex'));
});

/** The head of the answer; the message is not held in memory. */
function answered(path: string, message: Readable): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-length': String(200 * mebibyte) };
    const outgoing = request(new URL(path, server.url), { method: 'POST', headers, auth: adminLogin, agent: false });
    message.pipe(outgoing.once('response', resolve).once('error', reject));
  });
}

describe('after all that', () => {
  test('what one user has is still there, and the other sees none of it in lists', async () => {
    expect((await server.send({ path: `${annsRun}output/`, login: ann })).text).toBe('from ann\n');
    for (const path of ['/api/run/', '/api/process_definition/'])
      expect((await server.send({ path, login: bob })).json.objects).toEqual([]);
  });

  test('the same server process runs programs', async () => {
    expect((await run({ exec: '/usr/bin/tr', argv: ['-d', 'x'] }, { body: 'axbxc' })).text).toBe('abc');
    expect([server.process.exitCode, server.process.signalCode]).toEqual([null, null]);
    expect(existsSync(`/proc/${server.pid}`)).toBe(true);
  });

  test('it never needed more than 80 MB above its idle memory', () => {
    expect((server.peakBytes() - idleBytes) / mebibyte).toBeLessThanOrEqual(80);
  });
});
