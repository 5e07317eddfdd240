// Any JSON that somebody could send: by a schema, and at each place, now and then, something that no schema has thought of.
import fc from 'fast-check';

/** Text that goes into the body as it is. */
class Raw {
  constructor(readonly text: string) {}
}

export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  items?: Schema;
  required?: string[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
}

/** JSON text, with numbers and keys that a value of JavaScript could not hold. */
export function jsonText(value: unknown): string {
  if (value instanceof Raw) return value.text;
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}:${jsonText(inner)}`)
    .join(',')}}`;
}

const numbers = `-0 0 1 -1 0.5 1e308 -1e308 1e-308 1e999 2147483648 4294967296 9007199254740993 1e15 1e21 ${'9'.repeat(400)}`.split(' ');
const words = ['', 'true', '0', '-1', '1e308', '-rf', '..', '/', '/dev/null', '${p}', '${', '$${p}', '${workdir}', '__proto__', 'toString'];
const long = 100_000;
const strings = [
  ...words,
  '9'.repeat(long),
  `1${' '.repeat(long)}x`,
  `${'/'.repeat(long)}x`,
  '${p}'.repeat(long / 10),
  '('.repeat(long),
  `a${'.a'.repeat(long / 2)}`,
  '🙂'.repeat(1000),
];
const raws = [
  ...numbers,
  '"\\ud800"',
  '"a\\u0000b"',
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":{"a":1}}}',
  '{"a":1,"a":2}',
  '{"toString":1,"valueOf":2,"hasOwnProperty":3,"then":4,"length":-1}',
  `${'['.repeat(500)}${']'.repeat(500)}`,
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`,
  `[${Array(long).fill('1').join(',')}]`,
  `[${Array(20_000).fill('"x"').join(',')}]`,
  `{${Array.from({ length: 20_000 }, (_, index) => `"k${index}":{}`).join(',')}}`,
];

export const anything: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...words, null, true, false, [], {}, [[]], 1.5) },
  { weight: 3, arbitrary: fc.jsonValue() },
  { weight: 2, arbitrary: fc.constantFrom(...numbers.map((text) => new Raw(text))) },
  { weight: 1, arbitrary: fc.constantFrom(...strings, ...raws.map((text) => new Raw(text))) },
);

/** Now and then anything else. */
export const orAnything = (usual: fc.Arbitrary<unknown>) => fc.oneof({ weight: 20, arbitrary: usual }, { weight: 1, arbitrary: anything });

/** What fulfils the schema, more or less; `named` in place of the properties of these names, but for definitions themselves; `components` for its $refs. */
export function valueBy(
  schema: Schema,
  known: { components: Record<string, Schema>; named: Record<string, fc.Arbitrary<unknown>> },
): fc.Arbitrary<unknown> {
  const inner = (one: Schema) => valueBy(one, known);
  if (schema.$ref) return inner(known.components[schema.$ref.split('/').at(-1) as string]);
  if (schema.enum) return orAnything(fc.constantFrom(...schema.enum));
  const choices = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (choices) return orAnything(fc.oneof(...choices.map(inner)));
  if (schema.const !== undefined) return orAnything(fc.constant(schema.const));
  const types = [schema.type ?? 'object'].flat();
  return orAnything(fc.oneof(...types.map((type) => ofType(type, schema, { ...known, inner }))));
}

interface Known {
  named: Record<string, fc.Arbitrary<unknown>>;
  inner: (schema: Schema) => fc.Arbitrary<unknown>;
}

function ofType(type: string, schema: Schema, { named, inner }: Known): fc.Arbitrary<unknown> {
  if (type === 'boolean') return fc.boolean();
  if (type === 'array') return fc.array(inner(schema.items ?? {}), { maxLength: 3 });
  if (type === 'string') return textOf(schema);
  if (type === 'integer' || type === 'number') return numberOf(schema);
  const { properties = {}, required = [] } = schema;
  const arbitraryOf = (name: string) => {
    const one = properties[name] ?? {};
    return (one.properties && name === 'definition' ? undefined : named[name]) ?? inner(one);
  };
  const others = Object.keys(properties).filter((name) => !required.includes(name));
  return fc
    .uniqueArray(fc.constantFrom('', ...others), { maxLength: 4 })
    .chain((picked) =>
      fc.record(Object.fromEntries([...required, ...picked.filter((name) => name !== '')].map((name) => [name, arbitraryOf(name)]))),
    );
}

/** What its pattern takes, where that is a simple one. */
function textOf({ pattern = '^[a-z]{1,8}$' }: Schema): fc.Arbitrary<unknown> {
  const simple = pattern.startsWith('^(?') ? '^[a-z]{1,8}$' : pattern;
  return fc.oneof({ weight: 4, arbitrary: fc.stringMatching(new RegExp(simple)) }, fc.constantFrom(...words), fc.string());
}

/** Its bounds, and now and then what is just outside. */
function numberOf({ minimum = 0, maximum = 1000 }: Schema): fc.Arbitrary<unknown> {
  const within = fc.integer({ min: Math.ceil(minimum), max: Math.max(Math.ceil(minimum), Math.floor(maximum)) });
  const edges = fc.constantFrom(minimum - 1, maximum + 1, minimum + 0.5);
  return fc.oneof({ weight: 4, arbitrary: within }, { weight: 4, arbitrary: fc.constantFrom(minimum, maximum) }, edges);
}

/** JSON Schemas as users write them, and as they should not. */
export const jsonSchema: fc.Arbitrary<unknown> = fc.letrec((tie) => {
  const one = tie('schema');
  const listed = fc.array(one, { minLength: 1, maxLength: 2 });
  const map = fc.dictionary(fc.constantFrom('p', 'q', 'toString', '^p', '(a+)+$'), one, { maxKeys: 2 });
  const bound = fc.constantFrom(...numbers.map((text) => new Raw(text)));
  const keywords: Record<string, fc.Arbitrary<unknown>> = {
    $ref: fc.constantFrom('#', '#/$defs/p', '#/properties/p', '#none', 'http://127.0.0.1:1/x', '#/$defs/%'),
    $dynamicRef: fc.constantFrom('#', '#p'),
    $dynamicAnchor: fc.constant('p'),
    $id: fc.constantFrom('a', 'http://x/', '#'),
    $async: fc.boolean(),
    $schema: fc.constantFrom('https://json-schema.org/draft/2020-12/schema', 'http://json-schema.org/draft-07/schema#'),
    type: fc.constantFrom('string', 'integer', 'array', 'object', 'null', ['string', 'array'], 'text'),
    format: fc.constantFrom('file', 'date-time', 'regex', 'uri', 'email', 'x'),
    pattern: fc.constantFrom('^(a+)+$', 'a{1000}', '(?<=a)b', '(', '[\\p{L}]', '.*.*.*x'),
    secret: fc.boolean(),
    minLength: bound,
    maximum: bound,
    multipleOf: bound,
    maxItems: bound,
  };
  for (const name of ['enum', 'const', 'default', 'examples', 'required'])
    keywords[name] = fc.oneof(anything, fc.array(anything, { maxLength: 2 }));
  for (const name of ['not', 'if', 'then', 'items', 'contains', 'additionalProperties', 'unevaluatedItems', 'propertyNames'])
    keywords[name] = one;
  for (const name of ['anyOf', 'oneOf', 'allOf', 'prefixItems']) keywords[name] = listed;
  for (const name of ['properties', '$defs', 'patternProperties', 'dependentSchemas']) keywords[name] = map;
  const picked = fc.uniqueArray(fc.constantFrom(...Object.keys(keywords)), { maxLength: 4 });
  const drawn = picked.chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, orAnything(keywords[name])]))));
  return { schema: fc.oneof({ depthSize: 'small', withCrossShrink: false }, fc.constantFrom({}, true, { type: 'string' }), drawn) };
}).schema;
