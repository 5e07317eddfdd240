// Every number and size of a definition and of a request has a smallest and a largest; what is outside is refused, with the value and the range.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inputAdapters, outputAdapters } from '../../src/model/adapters.js';
import { definitionSchema } from '../../src/model/definition-schema.js';
import { livenessDuring } from '../support/liveness.js';
import { projectRoot, startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server.stop();
});

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  minimum?: number;
  maximum?: number;
}

/** Every schema in it that takes a number, with its place. */
function numbersIn(schema: Schema, place: string): [string, Schema][] {
  const own: [string, Schema][] = [schema.type].flat().some((type) => type === 'integer' || type === 'number') ? [[place, schema]] : [];
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, one]) => numbersIn(one, `${place}.${name}`));
  const others = [...(schema.items ? [schema.items] : []), ...(schema.anyOf ?? [])].flatMap((one) => numbersIn(one, place));
  return [...own, ...properties, ...others];
}

const numbers = [
  ...numbersIn(definitionSchema as Schema, 'definition'),
  ...[...inputAdapters, ...outputAdapters].flatMap(({ type, parameters }) => numbersIn(parameters as Schema, type)),
];

test.each(numbers)('the number at %s has a smallest and a largest', (_place, { minimum, maximum }) => {
  expect([typeof minimum, typeof maximum]).toEqual(['number', 'number']);
});

const bounded: [string, number | string, number | string][] = [
  ['timeout', 0, 1_000_000_000],
  ['limits.memory', '1MiB', '1024TiB'],
  ['limits.memory', 1_048_576, 2 ** 50],
  ['limits.tree_memory', '1MiB', '1024TiB'],
  ['limits.output_bytes', 0, '1024TiB'],
  ['limits.file_size', 0, '1024TiB'],
  ['limits.cpu_seconds', 1, 1_000_000_000],
  ['limits.processes', 1, 4_194_304],
  ['limits.open_files', 1, 1_048_576],
  ['max_parallel', 1, 1_000_000],
  ['priority', -1000, 1000],
  ['retries', 0, 100],
  ['keep.runs', 1, 1_000_000],
  ['keep.days', 1, 36_500],
  ['keep.input', 0, '1024TiB'],
  ['restart.max', 0, 1_000_000],
  ['restart.backoff', 0, 86_400],
  ['ready.tcp', 1, 65_535],
  ['ready.delay', 0, 86_400],
  ['stop.grace', 0, 86_400],
  ['input_adapter.input_parameters.chunk_size', '1', '16MiB'],
  ['input_adapter.input_parameters.chunk_size', 1, 16_777_216],
  ['input_adapter.input_parameters.tcp_port', 1, 65_535],
];

function definitionWith(path: string, value: unknown): object {
  const inner = path.split('.').reduceRight<unknown>((held, name) => ({ [name]: held }), value) as Record<string, Record<string, object>>;
  const parameters = { tcp_port: '${port}', ...inner.input_adapter?.input_parameters };
  return {
    exec: '/bin/true',
    ...inner,
    ...(inner.input_adapter && { input_adapter: { input_type: 'port', input_parameters: parameters } }),
  };
}

const validate = (definition: object) => server.send({ method: 'POST', path: '/api/process_definition/validate/', body: { definition } });

describe.each(bounded)('%s', (path, from, to) => {
  test(`may be ${from} and ${to}`, async () => {
    for (const value of [from, to]) expect((await validate(definitionWith(path, value))).text).not.toContain('faults":[{');
  });

  const outside =
    typeof to === 'number'
      ? [Number(from) - 1, to + 1, 1e308, -1e308]
      : ['0.5', '1025TiB', '9'.repeat(100_000), `1${' '.repeat(500_000)}x`, '-1', 1e308];
  test.each(outside)('is refused with the value and the range (%#)', async (value) => {
    const { status, json } = await validate(definitionWith(path, value));
    expect([status, json.faults?.length]).toEqual(
      /output_bytes|file_size|keep.input/.test(path) && value === '0.5' ? [200, undefined] : [400, 1],
    );
    if (status === 200) return;
    const [{ message }] = json.faults;
    expect(message).toContain(JSON.stringify(value).slice(0, 70));
    if (path !== 'ready.tcp' && !path.endsWith('tcp_port')) expect(message).toMatch(/from \S+ to \S+/);
  });
});

const documented = bounded.filter(([path, , to]) => typeof to === 'number' && !/memory|chunk/.test(path));

test.each(documented)('docs/definition.md says the range of %s', (path, from, to) => {
  const text = readFileSync(join(projectRoot, 'docs/definition.md'), 'utf8').replaceAll(',', '');
  const name = path.split('.').at(-1);
  expect(text.split('\n').some((line) => line.includes(`\`${name}\``) && line.includes(`from ${from} to ${to}`))).toBe(true);
});

describe('a long value', () => {
  const slashes = `${'/'.repeat(900_000)}x`;
  const names = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`p${index}${'x'.repeat(100)}`, {}]));
  const file = (file_path: string) => ({ exec: 'a', output_adapter: { output_type: 'file', output_parameters: { file_path } } });
  const faulty: [string, object][] = [
    ['a path of slashes', file(slashes)],
    ['a cwd of slashes', { exec: 'a', cwd: slashes }],
    ['a size of blanks', { exec: 'a', limits: { memory: `1${' '.repeat(900_000)}x` } }],
    ['a list of 20,000 wrong arguments', { exec: 'a', argv: Array(20_000).fill(1) }],
    ['a list of 200,000 wrong arguments', { exec: 'a', argv: Array(200_000).fill(1) }],
    [
      '90,000 unknown placeholders next to 150 long names',
      { exec: 'a', argv: Array(90_000).fill('${a}'), parameters: { properties: names } },
    ],
    [
      '60,000 wrong variables',
      { exec: 'a', environment: Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`9${index}`, 1])) },
    ],
  ];

  test.each(faulty)('%s is refused in a short answer, and delays no other request', async (_what, definition) => {
    const { result, longestMs } = await livenessDuring(server, () => validate(definition));
    expect([result.status, result.json.code]).toEqual([400, 'invalid_definition']);
    expect(result.text.length).toBeLessThan(150_000);
    expect(longestMs).toBeLessThan(1000);
  });

  test('a work directory of slashes at POST /process delays no other request', async () => {
    const body = `data=${encodeURIComponent(JSON.stringify({ cmd: ['true'], outputDir: slashes.slice(-300_000) }))}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { result, longestMs } = await livenessDuring(server, () => server.send({ method: 'POST', path: '/process', body, headers }));
    expect(result.status).toBe(400);
    expect(longestMs).toBeLessThan(1000);
  });

  test.each([
    ['many arguments that name a long value', Array(90_000).fill('${p}')],
    ['an argument that names a long value often', [`a${'${p}'.repeat(50_000)}`]],
  ])('%s is a command that no program can be given: 400', async (_what, argv) => {
    const definition = {
      exec: '/bin/true',
      argv,
      input_adapter: { input_type: 'none' },
      parameters: { properties: { p: { type: 'string' } }, required: ['p'] },
    };
    const { headers } = await server.send({ method: 'POST', path: '/api/process_definition/', body: { definition } });
    const path = `${headers.location}execute/`;
    const { result, longestMs } = await livenessDuring(server, () =>
      server.send({ method: 'POST', path, body: { p: 'x'.repeat(900_000) } }),
    );
    expect([result.status, result.json.code]).toEqual([400, 'invalid_parameters']);
    expect(result.json.detail).toMatch(/a program can be given at most 6291456$/);
    expect(longestMs).toBeLessThan(1000);
  });

  test.each(['PUT', 'PATCH'])('a list of more than 2,000 definitions is refused to %s', async (method) => {
    const objects = Array(2001).fill({ definition: { exec: 'a' } });
    const { status, json } = await server.send({ method, path: '/api/process_definition/', body: { objects } });
    expect([status, json.error]).toEqual([400, "'objects' may have at most 2000 members, got 2001"]);
  });
});

describe('a request', () => {
  const refuses = async (sent: Parameters<TestServer['send']>[0], ...says: string[]) => {
    const { status, json } = await server.send({ method: 'POST', ...sent });
    expect([status, json.code]).toEqual([400, 'invalid_request']);
    for (const one of says) expect(json.detail).toContain(one);
  };
  const path = '/api/process_definition/bounded/execute/';

  beforeAll(async () => {
    await server.send({ method: 'PUT', path: '/api/process_definition/bounded/', body: { definition: { exec: '/bin/true' } } });
  });

  test.each(['1000000001', '1e308', '-1', '9'.repeat(1000), 'x', ''])(
    'to execute/ has a timeout of the definition’s range (%#)',
    async (timeout) => {
      await refuses({ path: `${path}?timeout=${timeout}` }, 'timeout', 'from 0 to 1000000000', timeout.slice(0, 40));
    },
  );

  test.each(['1001', '-1001', '9'.repeat(1000)])('to execute/ has a priority of the definition’s range (%#)', async (priority) => {
    await refuses({ path: `${path}?priority=${priority}` }, 'priority', 'from -1000 to 1000', priority.slice(0, 40));
  });

  test.each(['1000000001', '9'.repeat(400)])('waits at most as long as a timeout may be (%#)', async (wait) => {
    await refuses({ path, headers: { prefer: `wait=${wait}` } }, 'wait', 'from 0 to 1000000000', wait.slice(0, 40));
  });

  test('may wait and run as long as the largest timeout', async () => {
    const answer = await server.send({ method: 'POST', path: `${path}?timeout=1000000000`, headers: { prefer: 'wait=1000000000' } });
    expect(answer.status).toBe(200);
  });

  test.each([
    [{ timeout: 1e308 }, 'from 0 to 1000000000', '1e+308'],
    [{ timeout: -1 }, 'from 0 to 1000000000', '-1'],
    [{ priority: 1e308 }, 'from -1000 to 1000', '1e+308'],
    [{ priority: 1001 }, 'from -1000 to 1000', '1001'],
  ])('for a run has the same bounds: %j', async (order, range, value) => {
    await refuses({ path: '/api/run/', body: { definition: 'bounded', ...order } }, range, value);
  });

  test.each([
    [{ concurrency: 1e308 }, 'from 1 to 1000', '1e+308'],
    [{ max_tries: 0 }, 'from 1 to 100', '0'],
  ])('for a binding is told the range: %j', async (terms, range, value) => {
    await refuses({ path: '/api/binding/', body: { definition: 'bounded', input: { stream: 'in' }, ...terms } }, range, value);
  });

  test('for a lane is told the range', async () => {
    await refuses({ method: 'PATCH', path: '/api/lane/io/', body: { limit: 1e308 } }, '0', '1000000', '1e+308');
  });
});
