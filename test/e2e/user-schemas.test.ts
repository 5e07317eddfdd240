// Users' JSON Schemas: every schema, with every value, ends in an answer of moderate length, and delays nobody else.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../support/http.js';
import { livenessDuring } from '../support/liveness.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
  for (const name of ['one', 'two']) await server.user(`${name}:password-${name}`, 'author');
});

afterAll(async () => {
  await server.stop();
});

const program = (parameters: object) => ({ exec: '/bin/true', input_adapter: { input_type: 'none' }, parameters });
const save = (parameters: object, login = adminLogin) =>
  server.send({ method: 'POST', path: '/api/process_definition/', body: { definition: program(parameters) }, login });
const execute = (saved: Answer, body: object, login = adminLogin) =>
  server.send({ method: 'POST', path: `${saved.headers.location}execute/`, body, login });
const ofP = (p: object, $defs?: object) => ({ properties: { p }, ...($defs && { $defs }) });
const repeated = (count: number, entry: (index: number) => [string, unknown]) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => entry(index)));
const nested = (depth: number, around: (inner: object) => object) => {
  let schema: object = { type: 'integer', maximum: -1 };
  for (let level = 0; level < depth; level++) schema = around(schema);
  return schema;
};

const doubling = {
  ...repeated(20, (index) => [`d${index}`, { anyOf: [{ $ref: `#/$defs/d${index + 1}` }, { $ref: `#/$defs/d${index + 1}` }] }]),
  d20: { type: 'integer', maximum: -1 },
};
const dynamic = { a: { $dynamicAnchor: 'node', type: 'array', items: { anyOf: [{ $dynamicRef: '#node' }, { $dynamicRef: '#node' }] } } };
const mostObjects = Array.from({ length: 40_000 }, (_, index) => ({ a: index }));

const costly: [string, object, object][] = [
  ['anyOf of two equal $refs, 20 deep', ofP({ $ref: '#/$defs/d0' }, doubling), { p: 5 }],
  ['uniqueItems of 40,000 items', ofP({ type: 'array', uniqueItems: true }), { p: mostObjects }],
  [
    'defaults of 1,500 characters in 200,000 objects',
    ofP({ items: { properties: { a: { default: 'y'.repeat(1500) } } } }),
    { p: Array(200_000).fill({}) },
  ],
];

test.each(costly)('the check of %s is given up with a 400 that says so, while others are answered', async (_what, parameters, values) => {
  const { result, longestMs } = await livenessDuring(server, async () => execute(await save(parameters), values));
  expect([result.status, result.json.code]).toEqual([400, 'invalid_parameters']);
  expect(result.json.detail).toMatch(/takes (more than|too much memory)/);
  expect(longestMs).toBeLessThan(1000);
});

/** Near the limit: a fast machine finds the faults, a slow one gives up. */
const nearLimit: [string, object, object][] = [
  [
    'unevaluatedProperties over 500 allOf',
    ofP({ allOf: Array(500).fill({ properties: { a: {} } }), unevaluatedProperties: false }),
    { p: repeated(40_000, (i) => [`b${i}`, 1]) },
  ],
  [
    '500 dependentSchemas on 40,000 properties',
    ofP({ dependentSchemas: repeated(500, (i) => [`a${i}`, { required: ['z'] }]) }),
    { p: repeated(40_000, (i) => [`a${i}`, 1]) },
  ],
];

test.each(nearLimit)('%s is refused with a 400, while others are answered', async (_what, parameters, values) => {
  const { result, longestMs } = await livenessDuring(server, async () => execute(await save(parameters), values));
  expect([result.status, result.json.code]).toEqual([400, 'invalid_parameters']);
  expect(longestMs).toBeLessThan(1000);
});

const fine: [string, object, object, number | number[]][] = [
  [
    '$dynamicRef twice in each of 22 levels',
    ofP({ $ref: '#/$defs/a' }, dynamic),
    { p: JSON.parse(`${'['.repeat(22)}1${']'.repeat(22)}`) },
    400,
  ],
  [
    '300 patterns on 900 KB',
    ofP({ allOf: Array.from({ length: 300 }, (_, i) => ({ pattern: `^(a+)+${i}$` })) }),
    { p: 'a'.repeat(900_000) },
    400,
  ],
  [
    '60 patternProperties on 900 KB',
    ofP({ patternProperties: repeated(60, (i) => [`^(a|b)+${i}$`, {}]) }),
    { p: repeated(60, (i) => ['a'.repeat(15_000) + i, 1]) },
    [200, 400],
  ],
  ['a pattern that backtracks, on 900 KB', ofP({ type: 'string', pattern: '^(a+)+x$' }), { p: 'a'.repeat(900_000) }, 400],
  [
    'an array that takes arrays of itself, 400 deep',
    ofP({ $ref: '#/$defs/t' }, { t: { type: 'array', items: { $ref: '#/$defs/t' } } }),
    { p: JSON.parse(`${'['.repeat(400)}${']'.repeat(400)}`) },
    200,
  ],
  ['an enum of 6,000 numbers', ofP({ enum: Array.from({ length: 6000 }, (_, i) => i) }), { p: -1 }, 400],
  ['a const whose toString is not a function', ofP({ const: { toString: 1 } }), { p: 1 }, 400],
  ['an enum of objects without toString', ofP({ enum: [{ toString: 1, valueOf: 2 }] }), { p: 1 }, 400],
  [
    'properties that every object has',
    ofP({ type: 'object', properties: { toString: { type: 'string' }, valueOf: { type: 'string' } } }),
    { p: {} },
    200,
  ],
  ['300 times not', ofP(nested(300, (inner) => ({ not: inner }))), { p: 1 }, 400],
  ['allOf twice in each of 9 levels', ofP(nested(9, (inner) => ({ allOf: [inner, inner] }))), { p: 1 }, 400],
  ['oneOf twice in each of 9 levels', ofP(nested(9, (inner) => ({ oneOf: [inner, inner] }))), { p: 1 }, 400],
  [
    'contains in contains',
    ofP(nested(4, (inner) => ({ contains: inner }))),
    { p: Array(40).fill(Array(20).fill(Array(10).fill([0]))) },
    400,
  ],
  [
    '3,000 $defs',
    ofP(
      { type: 'string' },
      repeated(3000, (i) => [String(i), {}]),
    ),
    { p: 'x' },
    200,
  ],
  ['minLength 1e308', ofP({ type: 'string', minLength: 1e308 }), { p: 'x' }, 400],
  ['multipleOf 1e-300', ofP({ type: 'number', multipleOf: 1e-300 }), { p: 1e300 }, 400],
  ['an integer as text', ofP({ anyOf: [{ type: 'integer' }] }), { p: '5' }, 200],
];

test.each(fine)('%s is checked', async (_what, parameters, values, status) => {
  const { result, longestMs } = await livenessDuring(server, async () => execute(await save(parameters), values));
  expect([status].flat()).toContain(result.status);
  expect(result.text.length).toBeLessThan(60_000);
  expect(longestMs).toBeLessThan(1000);
});

test.each([
  'date',
  'time',
  'date-time',
  'duration',
  'uri',
  'uri-reference',
  'uri-template',
  'email',
  'hostname',
  'ipv6',
  'regex',
  'byte',
  'unknown',
])('the format %s is checked on 700 KB', async (format) => {
  const saved = await save(ofP({ type: 'string', format }));
  const { result, longestMs } = await livenessDuring(server, () => execute(saved, { p: 'a1.-:/%20@'.repeat(70_000) }));
  expect(result.status).toBeLessThan(500);
  expect(longestMs).toBeLessThan(1000);
});

const loop = { a: { allOf: [{ $ref: '#/$defs/b' }] }, b: { not: { $ref: '#/$defs/a' } } };
const refused: [string, object, string][] = [
  ['refers to itself', { $ref: '#' }, 'leads back to itself'],
  ['refers to its own property', ofP({ $ref: '#/properties/p' }), 'leads back to itself'],
  ['refers to itself over allOf and not', ofP({ $ref: '#/$defs/a' }, loop), 'leads back to itself'],
  ['refers to itself by an anchor', ofP({ $ref: '#x' }, { a: { $anchor: 'x', if: { $ref: '#x' } } }), 'leads back to itself'],
  [
    'refers to itself by $dynamicRef',
    ofP({ $dynamicRef: '#x' }, { a: { $dynamicAnchor: 'x', $dynamicRef: '#x' } }),
    'leads back to itself',
  ],
  ['refers to itself by its $id', ofP({ $ref: 'http://x/a' }, { a: { $id: 'http://x/a', $ref: 'http://x/a' } }), 'parameters'],
  ['refers to nowhere', ofP({ $ref: '#/$defs/none' }), "can't resolve reference"],
  ['refers to another address', ofP({ $ref: 'http://127.0.0.1/schema.json' }), "can't resolve reference"],
  ['is of another dialect', { $schema: 'http://json-schema.org/draft-07/schema#' }, '2020-12'],
  ['would be checked by promises', { $async: true, ...ofP({ type: 'integer' }) }, '$async'],
  ['has a type that there is not', ofP({ type: 'text' }), 'parameters'],
  ['has a pattern that RE2 does not know', ofP({ pattern: '(?<=a)b' }), 'parameters'],
  ['has patterns that would take all memory', ofP({ pattern: 'a{1000}'.repeat(2000) }), 'too large'],
  ['names a parameter as objects of JavaScript do', { properties: { toString: { type: 'string' } } }, 'every JavaScript object'],
];

test.each(refused)('a schema that %s is refused when it is saved', async (_what, parameters, says) => {
  const { status, json } = await save(parameters);
  expect([status, json.code]).toEqual([400, 'invalid_definition']);
  expect(json.faults[0].message + json.faults[0].path).toContain(says);
});

describe('an answer', () => {
  test('lists at most 100 faults, and says how many more there are', async () => {
    const saved = await save(ofP({ type: 'array', items: { type: 'integer' } }));
    const { status, json, text } = await execute(saved, { p: Array(2000).fill('x') });
    expect([status, json.faults.length, json.more_faults]).toEqual([400, 100, 1900]);
    expect(json.detail).toMatch(/; and 1900 more$/);
    expect(text.length).toBeLessThan(60_000);
  });

  test('shows long values, names and lists of names shortened', async () => {
    const known = Array.from({ length: 3000 }, (_, index) => `known${index}`);
    const long = await execute(await save(ofP({ type: 'array', items: { enum: known } })), { p: Array(300).fill('x'.repeat(300)) });
    const names = await execute(
      await save(repeated(1, () => ['properties', repeated(200, (i) => [`p${i}`, {}])])),
      repeated(3000, (i) => [`${i}`.repeat(50), 1]),
    );
    for (const { status, text } of [long, names]) expect([status, text.length < 150_000]).toEqual([400, true]);
  });

  test('keeps secret what is secret, also from the thread', async () => {
    const saved = await save({ properties: { p: { type: 'string', secret: true, anyOf: [{ maxLength: 3 }] } } });
    const { status, text } = await execute(saved, { p: 'hunter2' });
    expect([status, text.includes('hunter2')]).toEqual([400, false]);
  });
});

test('a flood of checks that are given up delays those of another user only by a few, and the server can shut down meanwhile', async () => {
  const slow = await save(ofP({ $ref: '#/$defs/d0' }, doubling), 'one:password-one');
  const quick = await save(ofP({ anyOf: [{ type: 'integer' }] }), 'two:password-two');
  const flood = Array.from({ length: 100 }, () => execute(slow, { p: 5 }, 'one:password-one').catch(() => undefined));
  const { result, longestMs } = await livenessDuring(server, () => execute(quick, { p: 5 }, 'two:password-two'));
  const done = await Promise.race([Promise.all(flood).then(() => 'all'), Promise.resolve('not all')]);
  expect([result.status, done]).toEqual([200, 'not all']);
  expect(longestMs).toBeLessThan(1000);
  expect(await server.stop()).toBe(0);
});
