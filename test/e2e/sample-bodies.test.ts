// Every sample body of the OpenAPI document works as it stands, as Execute of Swagger UI sends it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newJob } from '../support/jobs.js';
import { shell } from '../support/programs.js';
import { until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

interface Schema {
  $ref?: string;
  example?: unknown;
  format?: string;
  properties?: Record<string, Schema>;
}
interface Sample {
  method: string;
  path: string;
  type: string;
  schema: Schema;
}

/** Each with the reason. */
const untried: Record<string, string> = {
  'POST /jobs/{agent}/{job}/wsconnect/{path}': 'the same as the one without a path',
  'POST /jobs/{agent}/{job}/wsconnect': 'dials another host',
  'POST /mcp': 'a client of MCP takes both JSON and a stream, which Swagger UI cannot say',
  'POST /mcp/{tag}': 'as without a tag',
};

let server: TestServer;
let schemas: Record<string, Schema>;
let samples: Sample[];

beforeAll(async () => {
  server = await startServer({ COMPAT: 'process,run-code,jobs' });
  await server.user('eve:eves password', 'author');
  const { json } = await server.send({ path: '/docs-json', login: '' });
  ({ schemas } = json.components);
  samples = Object.entries<Record<string, { requestBody?: { content: Record<string, { schema: Schema }> } }>>(json.paths).flatMap(
    ([path, item]) =>
      Object.entries(item).flatMap(([method, { requestBody }]) =>
        Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => ({ method: method.toUpperCase(), path, type, schema })),
      ),
  );
});

afterAll(() => server.stop());

/** A file must be chosen for such a body. */
function isFile({ format, properties }: Schema): boolean {
  return format === 'binary' || (properties !== undefined && Object.values(properties).every(isFile));
}

/** What Swagger UI shows; undefined where a file must be chosen, or where there is no example. */
function sampleOf(schema: Schema): unknown {
  if (schema.$ref) return sampleOf(schemas[schema.$ref.split('/').at(-1) as string]);
  if (schema.example !== undefined) return schema.example;
  const shown = Object.entries(schema.properties ?? {}).map(([name, property]) => [name, sampleOf(property)]);
  const given = shown.filter(([, value]) => value !== undefined);
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}

function encoded(type: string, sample: unknown): string | URLSearchParams | FormData {
  const fields = () => Object.entries(sample as Record<string, string>);
  if (type === 'application/x-www-form-urlencoded') return new URLSearchParams(fields());
  if (type === 'multipart/form-data') {
    const form = new FormData();
    for (const [name, value] of fields()) form.append(name, value);
    return form;
  }
  return typeof sample === 'string' ? sample : JSON.stringify(sample);
}

const created = async (path: string, body: object) => (await server.send({ method: 'POST', path, body })).json;

async function newRun(body: object): Promise<Record<string, string>> {
  return { id: (await created('/api/run/', body)).id };
}

async function runningRun(): Promise<Record<string, string>> {
  const run = await newRun({ exec: '/bin/sleep', argv: ['60'] });
  await until(
    async () => (await server.send({ path: `/api/run/${run.id}/` })).json.state,
    (state) => state === 'running',
  );
  return run;
}

async function endedRun(): Promise<Record<string, string>> {
  const run = await newRun({ exec: '/bin/true' });
  await server.send({ path: `/api/run/${run.id}/wait/` });
  return run;
}

async function newJobPlace(): Promise<Record<string, string>> {
  const [, , agent, job] = (await newJob(server)).split('/');
  return { agent, job };
}

async function service(): Promise<Record<string, string>> {
  const definition = shell('while read line; do echo $line; done', { process_type: 'service' });
  await server.send({ method: 'PUT', path: '/api/process_definition/lines/', body: { definition } });
  return newRun({ definition: 'lines' });
}

let count = 0;
/** Creates what the parameters in an address stand for. The first pattern that fits decides. */
const places: [address: RegExp, create: () => Promise<Record<string, string>>][] = [
  [/^\/api\/run\/\{id\}\/message/, service],
  [/^\/api\/run\/\{id\}\/(files|archive)/, async () => ({ ...(await newRun({ exec: '/bin/true', start: false })), path: 'a.txt' })],
  [/^\/api\/run\/\{id\}\/rerun/, endedRun],
  [/^\/api\/run\//, runningRun],
  [
    /^\/api\/user\//,
    async () => ({ ref: String((await created('/api/user/', { username: `u${++count}`, password: 'p', role: 'viewer' })).id) }),
  ],
  [
    /^\/api\/binding\//,
    async () => ({ id: String((await created('/api/binding/', { definition: 'tr', input: { stream: 'samples' } })).id) }),
  ],
  [/^\/api\/stream\//, async () => ({ name: 'samples' })],
  [/^\/api\/lane\//, async () => ({ name: (await server.send({ path: '/api/lane/' })).json.objects[0].name })],
  [/^\/api\/import\//, async () => ({ kind: 'scripts' })],
  [/^\/jobs\//, newJobPlace],
  [/^\/call\/.*file/, async () => ({ ref: 'admin', second: 'tr', file: 'a.txt' })],
  [/^\/call\//, async () => ({ ref: 'tr', second: 'a.txt' })],
  [/^/, async () => ({ ref: 'tr' })],
];

/** As eve, who has nothing to lose, where a body changes all that the caller has. */
const loginFor = ({ method, path }: Sample) =>
  ['PATCH /api/me/', 'PUT /api/process_definition/'].includes(`${method} ${path}`) ? 'eve:eves password' : 'admin:secret';

/** The fault, or nothing. */
async function press(sample: Sample): Promise<string | undefined> {
  const { method, path, type, schema } = sample;
  const tr = { definition: { exec: '/usr/bin/tr', argv: ['-d', 'x'], name: 'tr' } };
  await server.send({ method: 'PUT', path: '/api/process_definition/tr/', body: tr });
  const values = await (places.find(([address]) => address.test(path)) as (typeof places)[0])[1]();
  const address = path.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const body = encoded(type, sampleOf(schema));
  const headers: Record<string, string> = { authorization: `Basic ${btoa(loginFor(sample))}` };
  // a form brings its own type, with its boundary
  if (!(body instanceof FormData)) headers['content-type'] = type;
  const answer = await fetch(server.url + address, { method, headers, body });
  const text = await answer.text();
  return answer.ok ? undefined : `${method} ${path} ${type}: ${answer.status} ${text}`;
}

test('Every body that is not a file has a sample', () => {
  expect(samples.length).toBeGreaterThan(30);
  const without = samples.filter(({ schema }) => !isFile(schema) && sampleOf(schema) === undefined);
  expect(without.map(({ method, path, type }) => `${method} ${path} ${type}`)).toEqual([]);
});

test('Every sample body is answered with success', async () => {
  const tried = samples.filter(({ method, path, schema }) => sampleOf(schema) !== undefined && !untried[`${method} ${path}`]);
  expect(tried.length).toBeGreaterThan(20);
  const faults: (string | undefined)[] = [];
  for (const sample of tried) faults.push(await press(sample));
  expect(faults.filter(Boolean)).toEqual([]);
});
