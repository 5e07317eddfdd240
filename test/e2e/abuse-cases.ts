// What people try against a server that runs programs, each with its one true answer.
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'vitest';
import type { Answer, Sent } from '../support/http.js';
import { execute, needed, shell, show, store } from '../support/programs.js';
import type { TestServer } from '../support/server.js';

export const mebibyte = 2 ** 20;
export const bob = 'bob:bob-password';

/** Where the cases take place. */
export interface Scene {
  server: TestServer;
  /** Holds the file `not-executable`. */
  folder: string;
  /** Paths of things that bob may not see. */
  annsDefinition: string;
  annsRun: string;
}

interface Case {
  what: string;
  status: number;
  code?: string;
  ask: (scene: Scene) => Promise<Answer>;
  /** What else must be true of the answer. */
  also?: (answer: Answer, scene: Scene) => void;
}

function raw(server: TestServer, text: string): Promise<Answer> {
  return server.send({ method: 'POST', path: '/api/process_definition/', headers: { 'content-type': 'application/json' }, body: text });
}

/** A definition of about this many bytes. */
function large(server: TestServer, bytes: number): Promise<Answer> {
  return store(server, { exec: '/bin/true', description: 'x'.repeat(bytes) });
}

export function* blocks(count: number, see: (block: Buffer) => void = () => {}): Generator<Buffer> {
  for (let index = 0; index < count; index++) {
    const block = Buffer.alloc(mebibyte, `block ${index} \0\xff`);
    see(block);
    yield block;
  }
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
const free = needed({ text: { type: 'string' } });

const bodies: Case[] = [
  {
    what: '50 MB of stdin to a program that reads nothing',
    status: 200,
    ask: ({ server }) => execute(server, { exec: '/bin/true' }, { body: Buffer.alloc(50e6) }),
    also: gives(0),
  },
  {
    what: 'the same without a Content-Length',
    status: 200,
    ask: ({ server }) => execute(server, { exec: '/bin/true' }, { body: Readable.from(blocks(50)) }),
    also: gives(0),
  },
  {
    what: '1 MB of stderr next to an answer',
    status: 200,
    ask: ({ server }) => execute(server, shell('head -c 1000000 /dev/zero >&2; echo fine')),
    also: ({ text }) => expect(text).toBe('fine\n'),
  },
  {
    what: '1 MB of stderr as the answer',
    status: 200,
    ask: ({ server }) => execute(server, shell('head -c 1000000 /dev/zero >&2', { output_adapter: stderrOutput })),
    also: gives(1e6),
  },
  {
    what: '1 MB of stderr before a failure',
    status: 422,
    code: 'exit',
    ask: ({ server }) => execute(server, shell('head -c 1000000 /dev/zero | tr "\\0" e >&2; exit 1')),
    also: ({ json }) => expect(json.stderr).toBe('e'.repeat(4096)),
  },
  {
    what: 'a message where none is taken',
    status: 400,
    code: 'message_not_taken',
    ask: ({ server }) => execute(server, { exec: '/bin/true', input_adapter: { input_type: 'none' } }, { body: 'hello' }),
  },
  { what: 'a definition of 900 KB', status: 201, ask: ({ server }) => large(server, 900_000) },
  { what: 'a definition of 2 MiB', status: 413, code: 'body_too_large', ask: ({ server }) => large(server, 2 * mebibyte) },
];

const argumentsOf: Case[] = [
  {
    what: 'a command substitution and a semicolon in argv arrive literally',
    status: 200,
    ask: ({ server }) => execute(server, show(['$(id)', ';', '`id`', '&& id', '> x'])),
    also: prints('$(id)', ';', '`id`', '&& id', '> x'),
  },
  {
    what: 'empty and blank arguments arrive',
    status: 200,
    ask: ({ server }) => execute(server, show(['', ' a  b ', '', '\n', '*'])),
    also: prints('', ' a  b ', '', '\n', '*'),
  },
  {
    what: 'a command substitution in a parameter arrives literally',
    status: 200,
    ask: ({ server }) => execute(server, show(['${text}'], free), { query: '?text=%24(id)%3B%20%24%7Btext%7D' }),
    also: prints('$(id); ${text}'),
  },
  { what: 'NUL in argv', status: 400, code: 'invalid_request', ask: ({ server }) => store(server, show(['a\0b'])) },
  {
    what: 'NUL in a parameter',
    status: 400,
    code: 'invalid_parameters',
    ask: ({ server }) => execute(server, show(['${text}'], free), { query: '?text=a%00b' }),
  },
  {
    what: '__proto__ in environment',
    status: 400,
    code: 'invalid_request',
    ask: ({ server }) => raw(server, '{"definition": {"exec": "/usr/bin/env", "environment": {"__proto__": "x"}}}'),
  },
  {
    what: 'an environment that is the value of __proto__',
    status: 400,
    code: 'invalid_request',
    ask: ({ server }) => raw(server, '{"definition": {"exec": "/usr/bin/env", "environment": {"__proto__": {"LD_PRELOAD": "x"}}}}'),
  },
  {
    what: 'a name A=B in environment',
    status: 400,
    code: 'invalid_definition',
    ask: ({ server }) => store(server, { exec: '/usr/bin/env', environment: { 'A=B': 'c' } }),
  },
  {
    what: 'an argument that is larger than the system takes',
    status: 422,
    code: 'spawn_error',
    ask: ({ server }) => execute(server, show(['x'.repeat(200_000)])),
  },
];

const programs: Case[] = [
  {
    what: 'a program that is missing',
    status: 422,
    code: 'spawn_error',
    ask: ({ server }) => execute(server, { exec: '/no/such/program' }),
    also: says('/no/such/program'),
  },
  {
    what: 'a name that is not in PATH',
    status: 422,
    code: 'spawn_error',
    ask: ({ server }) => execute(server, { exec: 'no-such-program' }),
    also: says('no-such-program'),
  },
  {
    what: 'a program that is not executable',
    status: 422,
    code: 'spawn_error',
    ask: ({ server, folder }) => execute(server, { exec: join(folder, 'not-executable') }),
    also: (answer, { folder }) => says(join(folder, 'not-executable'), 'uid')(answer),
  },
  {
    what: 'a directory as the program',
    status: 422,
    code: 'spawn_error',
    ask: ({ server }) => execute(server, { exec: '/usr' }),
    also: says('/usr', 'directory'),
  },
  {
    what: 'a cwd that is missing',
    status: 422,
    code: 'spawn_error',
    ask: ({ server }) => execute(server, { exec: '/bin/true', cwd: '/no/such/folder' }),
    also: says('cwd', '/no/such/folder'),
  },
  {
    what: 'a cwd that is missing, with 50 MB of stdin',
    status: 422,
    code: 'spawn_error',
    ask: ({ server }) => execute(server, { exec: '/bin/true', cwd: '/no/such/folder' }, { body: Buffer.alloc(50e6) }),
  },
  {
    what: 'an id that is taken',
    status: 409,
    code: 'id_taken',
    ask: ({ server, annsDefinition }) => {
      const body = { id: Number(annsDefinition.match(/\d+/)?.[0]), definition: { exec: '/bin/true' } };
      return server.send({ method: 'POST', path: '/api/process_definition/', body });
    },
  },
];

const foreign = (what: string, sent: (scene: Scene) => Sent): Case => ({
  what: `${what} of another user`,
  status: 404,
  code: 'not_found',
  ask: (scene) => scene.server.send({ login: bob, ...sent(scene) }),
});
const strangers: Case[] = [
  foreign('reading the definition', ({ annsDefinition }) => ({ path: annsDefinition })),
  foreign('executing the definition', ({ annsDefinition }) => ({ method: 'POST', path: `${annsDefinition}execute/` })),
  foreign('explaining the definition', ({ annsDefinition }) => ({ path: `${annsDefinition}explain/` })),
  foreign('deleting the definition', ({ annsDefinition }) => ({ method: 'DELETE', path: annsDefinition })),
  foreign('reading the run', ({ annsRun }) => ({ path: annsRun })),
  foreign('waiting for the run', ({ annsRun }) => ({ path: `${annsRun}wait/` })),
  foreign('reading the output', ({ annsRun }) => ({ path: `${annsRun}output/` })),
  foreign('reading the log', ({ annsRun }) => ({ path: `${annsRun}log/` })),
  foreign('following the log', ({ annsRun }) => ({ path: `${annsRun}log/?follow=1`, headers: { accept: 'text/event-stream' } })),
  foreign('deleting the run', ({ annsRun }) => ({ method: 'DELETE', path: annsRun })),
];

export const cases = [...bodies, ...argumentsOf, ...programs, ...strangers];
