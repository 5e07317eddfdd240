// What a form makes of a definition, and what is filled in as an address and the API have it.
import { expect, test } from 'vitest';
import { addressTexts, callOf, isPlain, queryOf } from '../../web/src/parts/form/call.js';
import { fieldsOf, messageInput, type Program, type Schema } from '../../web/src/parts/form/fields.js';
import {
  emptyFilled,
  type Filled,
  fitting,
  fromQuery,
  isGiven,
  jsonOf,
  textsOf,
  type Value,
  valueFrom,
} from '../../web/src/parts/form/filled.js';

const program = (properties: Record<string, Schema>, more: Partial<Program> = {}): Program => ({
  exec: 'x',
  parameters: { type: 'object', properties },
  ...more,
});
const field = (schema: Schema) => fieldsOf(program({ x: schema }))[0];

test.each<[string, Schema]>([
  ['text', { type: 'string' }],
  ['text', {}],
  ['number', { type: 'integer' }],
  ['number', { type: ['null', 'number'] }],
  ['switch', { type: 'boolean' }],
  ['choice', { enum: ['a', 1, null] }],
  ['choice', { oneOf: [{ const: 1, title: 'One' }, { const: 2 }] }],
  ['list', { type: 'array', items: { type: 'integer' } }],
  ['list', { type: 'array', items: { enum: ['a'] } }],
  ['json', { type: 'array', items: { type: 'object' } }],
  ['json', { type: 'array' }],
  ['json', { type: 'object' }],
  ['file', { type: 'string', format: 'file' }],
  ['files', { type: 'array', items: { format: 'file' } }],
])('A field is a %s for the declaration %j', (kind, schema) => {
  expect(field(schema).kind).toBe(kind);
});

test('A declaration that refers to another one of the schema has its kind and its words', () => {
  const parameters = { type: 'object', $defs: { 'a/b': { type: 'integer', title: 'Rate' } }, properties: { x: { $ref: '#/$defs/a~1b' } } };
  expect(fieldsOf({ exec: 'x', parameters })[0]).toMatchObject({ kind: 'number', title: 'Rate' });
});

test.each<[Schema, Value, string[], unknown]>([
  [{ type: 'string' }, "a'b\nc", ["a'b\nc"], "a'b\nc"],
  [{ type: 'integer' }, '12', ['12'], '12'],
  [{ type: 'boolean' }, true, ['true'], true],
  [{ enum: ['1', 1] }, '1', ['1'], 1],
  [{ type: 'array', items: { type: 'string' } }, ['a', 'b'], ['a', 'b'], ['a', 'b']],
  [{ type: 'array', items: { type: 'string' } }, ['a'], ['a'], ['a']],
  [{ type: 'array', items: { type: 'string' } }, ['[a'], ['["[a"]'], ['[a']],
  [{ type: 'object' }, '{"a": 1}', ['{"a": 1}'], { a: 1 }],
])('For %j the value %j is the texts %j', (schema, value, texts, json) => {
  expect(textsOf(field(schema), value)).toEqual(texts);
  expect(jsonOf(field(schema), value)).toEqual(json);
});

test('What the server would take by itself is not sent, and an emptied default is', () => {
  const given = (schema: Schema, value: Value) => isGiven(field(schema), value);
  expect([given({ type: 'string', default: 'a' }, 'a'), given({ type: 'string', default: 'a' }, '')]).toEqual([false, true]);
  expect([given({ type: 'string' }, ''), given({ type: 'integer', default: 3 }, '')]).toEqual([false, false]);
  expect([given({ type: 'boolean' }, false), given({ type: 'boolean', default: true }, false)]).toEqual([false, true]);
  expect([given({ enum: ['a', 'b'], default: 'a' }, '"a"'), given({ enum: ['a', 'b'] }, '"a"')]).toEqual([false, true]);
});

test('An empty list is sent where one must be given and may be empty', () => {
  const sent = (list: Schema, required = ['x']) => {
    const [one] = fieldsOf({
      exec: 'x',
      parameters: { properties: { x: { type: 'array', items: { type: 'string' }, ...list } }, required },
    });
    return isGiven(one, []);
  };
  expect([sent({}), sent({}, []), sent({ minItems: 1 })]).toEqual([true, false, false]);
});

const everyType = program({
  text: { type: 'string' },
  count: { type: 'integer', default: 1 },
  loud: { type: 'boolean' },
  mode: { enum: ['a', 2] },
  tags: { type: 'array', items: { type: 'string' } },
  more: { type: 'object' },
  token: { type: 'string', secret: true },
});

test('A link fills in what it was made of, and never a secret', () => {
  const fields = fieldsOf(everyType);
  const values = { text: "-ü'\n&=", count: '5', loud: true, mode: '2', tags: ['[x'], more: '{"a":[1]}', token: 'hidden' };
  const filled: Filled = { ...emptyFilled(fields), values };
  const call = callOf('x', everyType, fields, filled);
  const link = addressTexts({ ...call, texts: call.texts.filter((one) => !one.field.isSecret) });
  expect(link.toString()).not.toContain('hidden');
  const { more, ...others } = fromQuery(fields, new URLSearchParams(link.toString()));
  expect(others).toEqual({ text: values.text, count: '5', loud: true, mode: '2', tags: ['[x'] });
  expect(JSON.parse(more as string)).toEqual({ a: [1] });
  expect(fromQuery(fields, new URLSearchParams('token=hidden&unknown=1'))).toEqual({});
});

test('Secrets, files and long values go into the body, never into the address', () => {
  const fields = fieldsOf(everyType);
  const call = (more: Record<string, Value>) => callOf('x', everyType, fields, { ...emptyFilled(fields), values: more });
  expect(isPlain(call({ text: 'a' }))).toBe(true);
  expect(queryOf(call({ text: 'a' }))).toBe('?text=a');
  expect([isPlain(call({ token: 'a' })), queryOf(call({ token: 'a', text: 'b' }))]).toEqual([false, '']);
  expect(isPlain(call({ text: 'a'.repeat(5000) }))).toBe(false);
});

test('The message goes in as the server chooses the adapter', () => {
  const kinds = [
    program({}),
    { exec: 'x' },
    program({}, { process_type: 'service' }),
    program({}, { argv: ['${input_file}'] }),
    program({}, { input_adapter: { input_type: 'file', input_parameters: {} } }),
    { exec: 'x', input_adapter: { input_type: 'file', input_params: { file_path: 'a' } } },
    { exec: 'x', input_adapter: { input_type: 'none' } },
    { exec: 'x', input_adapter: { input_type: 'port' } },
  ].map((one) => messageInput(one).kind);
  expect(kinds).toEqual(['none', 'text', 'text', 'file', 'text', 'file', 'none', 'text']);
});

test('A value of a former run fills its field in', () => {
  expect(valueFrom(field({ enum: ['a', 2] }), 2)).toBe('2');
  expect(valueFrom(field({ type: 'array', items: { type: 'integer' } }), [1, 2])).toEqual(['1', '2']);
  expect(valueFrom(field({ type: 'object' }), { a: 1 })).toBe('{\n  "a": 1\n}');
  expect(valueFrom(field({ format: 'file' }), 'a.txt')).toEqual([{ kept: 'a.txt' }]);
  expect(valueFrom(field({ format: 'file' }), 'run:1/output')).toEqual([{ from: 'run:1/output' }]);
});

test('What was filled in stays where its field is still of the same kind', () => {
  const before: Record<string, Value> = { a: 'x', b: 'x', c: ['x'], d: true, gone: 'x' };
  const now = fieldsOf(
    program({
      a: { type: 'string' },
      b: { format: 'file' },
      c: { type: 'array', items: { format: 'file' } },
      d: { type: 'string' },
      added: { type: 'boolean' },
    }),
  );
  const { values } = fitting(now, { ...emptyFilled(now), values: before });
  expect(values).toEqual({ a: 'x', b: [], c: [], d: '', added: false });
});
