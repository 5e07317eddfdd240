// Any JSON as a definition, parameters, adapters, a run order, a binding: no answer is a 5xx, nobody else waits, and the server keeps running.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anything, jsonSchema, jsonText, orAnything, type Schema, valueBy } from '../support/any-json.js';
import type { Answer } from '../support/http.js';
import { livenessDuring } from '../support/liveness.js';
import { startServer, type TestServer } from '../support/server.js';

const requests = Number(process.env.PROPERTY_REQUESTS ?? 2000);
const seed = Number(process.env.PROPERTY_SEED ?? Date.now() % 1_000_000_000);
const atOnce = 6;
/** The number of definitions to be executed; then all are removed. */
const storedBound = 40;

interface Route {
  method: string;
  path: string;
  body: fc.Arbitrary<unknown>;
}

interface Wanted {
  method: string;
  path: string;
  body: string;
  headers: Record<string, string>;
}

let server: TestServer;
let request: fc.Arbitrary<Wanted>;
/** References of definitions. */
const stored: string[] = [];

beforeAll(async () => {
  server = await startServer();
  request = await requestsOf(server);
});

afterAll(async () => {
  await server.stop();
});

test(
  `${requests} requests of any JSON (PROPERTY_SEED=${seed}) get no 5xx, delay no other request for a second, and do not restart the server`,
  async () => {
    console.log(`PROPERTY_SEED=${seed} PROPERTY_REQUESTS=${requests}`);
    let [next, taken] = [0, 0];
    const failures: string[] = [];
    const asking = async () => {
      for (let number = next++; number < requests && failures.length === 0; number = next++) {
        const [wanted] = fc.sample(request, { seed: seed + number, numRuns: 1 });
        const answer = await ask(wanted);
        taken += answer.status < 300 ? 1 : 0;
        if (!isFine(answer))
          failures.push(`request ${number}: ${answer.status} ${answer.text.slice(0, 300)} for ${JSON.stringify(wanted).slice(0, 3000)}`);
        await remember(answer);
      }
    };
    const { longestMs } = await livenessDuring(server, () => Promise.all(Array.from({ length: atOnce }, asking)));
    expect(failures, `PROPERTY_SEED=${seed}`).toEqual([]);
    expect(taken / requests, 'what is taken').toBeGreaterThan(0.1);
    expect(longestMs, `PROPERTY_SEED=${seed}`).toBeLessThan(1000);
    expect([server.process.exitCode, server.process.signalCode], `PROPERTY_SEED=${seed} ${server.said()}`).toEqual([null, null]);
  },
  30_000 + requests * 100,
);

/** A bus that is not set up is away, as docs/errors.md says. */
function isFine({ status, text }: Answer): boolean {
  return status < 500 || (status === 503 && text.includes('"bus_unavailable"'));
}

function ask({ method, path, body, headers }: Wanted): Promise<Answer> {
  const reference = stored[body.length % Math.max(1, stored.length)] ?? 'none';
  const filled = path.replace('{ref}', reference).replace(/\{\w+\}/g, '1');
  return server.send({
    method,
    path: filled,
    body: body.replace('{ref}', reference),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

async function remember({ headers }: Answer): Promise<void> {
  const [, reference] = /process_definition\/(\d+)\/$/.exec(headers.location ?? '') ?? [];
  if (reference) stored.push(reference);
  if (stored.length < storedBound) return;
  stored.length = 0;
  await server.send({ method: 'DELETE', path: '/api/process_definition/' });
}

/** Every route that takes JSON, but those of accounts, which would lock this test out. */
async function requestsOf({ send }: TestServer): Promise<fc.Arbitrary<Wanted>> {
  const { paths, components } = (await send({ path: '/docs-json' })).json;
  const adapters = (await send({ path: '/api/adapter/' })).json;
  const known = { components: components.schemas as Record<string, Schema>, named: namedParts(adapters, components.schemas) };
  const routes = Object.entries<Record<string, { requestBody?: { content: Record<string, { schema?: Schema }> } }>>(paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).flatMap(([method, { requestBody }]): Route[] => {
        const content = requestBody?.content['application/json'];
        if (!content || /^\/api\/(user|me|token)/.test(path)) return [];
        const isExecuted = /execute|explain/.test(path);
        return [{ method: method.toUpperCase(), path, body: isExecuted ? parameters : valueBy(content.schema ?? {}, known) }];
      }),
  );
  return fc.oneof(
    { weight: 2, arbitrary: fc.oneof(...routes.map(wantedOf)) },
    {
      weight: 2,
      arbitrary: fc.oneof(...routes.filter(({ path }) => /process_definition\/(\{ref\}\/execute\/|validate\/)?$/.test(path)).map(wantedOf)),
    },
  );
}

const parameters = orAnything(fc.dictionary(fc.constantFrom('p', 'q', 'toString'), anything, { maxKeys: 2 }));
const programs = fc.constantFrom('/bin/true', '/bin/echo', '/bin/cat', '/bin/false', 'none-such');
const argument = fc.constantFrom('a', '${p}', '-${q}', ['${p}', 'x'], { when: 'q', args: ['${q}'] }, '${port}', '${input_file}');

function namedParts(
  adapters: Record<string, { type: string; parameters: Schema }[]>,
  components: Record<string, Schema>,
): Record<string, fc.Arbitrary<unknown>> {
  const side = (name: 'input' | 'output') =>
    orAnything(
      fc.oneof(
        ...adapters[name].map((adapter) =>
          fc.record({
            [`${name}_type`]: fc.constant(adapter.type),
            [`${name}_parameters`]: valueBy(adapter.parameters, { components, named: {} }),
          }),
        ),
      ),
    );
  return {
    exec: orAnything(programs),
    args: fc.constant([]),
    argv: orAnything(fc.array(orAnything(argument), { maxLength: 4 })),
    parameters: orAnything(
      fc.record(
        { properties: fc.record({ p: jsonSchema, q: jsonSchema }), $defs: fc.record({ p: jsonSchema }) },
        { requiredKeys: ['properties'] },
      ),
    ),
    input_adapter: side('input'),
    output_adapter: side('output'),
    timeout: fc.constantFrom(1, 2, 1e308, -1),
    process_type: fc.constant('single'),
    definition: fc.constant('{ref}'),
  };
}

function wantedOf({ method, path, body }: Route): fc.Arbitrary<Wanted> {
  const query = /execute|explain/.test(path)
    ? fc.constantFrom('', '', '?timeout=1e308', '?priority=99999999999999999999', `?timeout=${'9'.repeat(5000)}`, '?p=%00')
    : fc.constant('');
  const prefer = fc.constantFrom('wait=1', 'wait=1', 'respond-async', 'wait=0', `wait=${'9'.repeat(400)}`);
  return fc.record({
    method: fc.constant(method),
    path: query.map((text) => path + text),
    body: body.map(jsonText),
    headers: fc.record({ prefer }),
  });
}
