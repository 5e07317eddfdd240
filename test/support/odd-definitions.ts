// Definitions as nobody would write all of them at once: each odd name, text, schema and adapter that may be stored, for documents made of them.
import { noMessage } from './mcp.js';

/** Slugs are ASCII; these are what generators of clients make identifiers of. */
const names = [
  ...['a.b', 'a_b', 'a-b', 'A-B', 'aB', 'a..b', 'a--b', '0x', '1st', 'class', 'delete', 'default', 'import', 'constructor', 'toString'],
  ...[
    'options',
    'client',
    'RunBody',
    'ProblemBody',
    'Problem',
    'timeout',
    'bob--tool',
    'definition_7',
    'a_b.word',
    'word',
    'str',
    'Optional',
    'x'.repeat(128),
  ],
];

const texts = [
  undefined,
  'Cuts a text',
  'First line\n\nMore, with `code`, *stars* and a [link](http://localhost/)',
  '\nBegins with an empty line',
  '',
  ' ',
  '*/ alert(1) /* ends a comment',
  '<script>alert(1)</script> <img src=x onerror=alert(1)>',
  'eval(1); ${template} `${literal}` \\u0041 \\',
  'Ärger mit Straßen · 日本語 · עברית · 🙂 · e\u0301',
  'bidi \u202eevil\u202c, zero\u200bwidth, bell\u0007, line\u2028separator',
  `long ${'word '.repeat(400)}`,
  '{"json": true}, 100 %, $ref: #/nowhere, ~1 ~0',
];

const tags = [
  undefined,
  ['text'],
  ['Ärger & Co.', 'second'],
  [''],
  [' '],
  ['a/b#c?d'],
  ['日本語'],
  ['constructor'],
  ['__proto__'],
  ['<b>'],
];

type Properties = Record<string, unknown>;
interface Parameters {
  properties: Properties;
  [keyword: string]: unknown;
}

const node = { type: 'object', properties: { value: { type: 'integer' }, children: { type: 'array', items: { $ref: '#/$defs/node' } } } };
const deep = (depth: number): unknown => (depth === 0 ? { type: 'integer' } : { type: 'object', properties: { a: deep(depth - 1) } });

const schemas: Parameters[] = [
  { properties: {} },
  { properties: { class: { type: 'string' }, default: { type: 'integer' }, _: { type: 'number' }, a_b: { type: 'boolean' } } },
  { properties: { message: { type: 'string' }, body: { type: 'string' }, timeout: { type: 'number' }, headers: { type: 'string' } } },
  { properties: { mode: { enum: ['a', 'b c', '', 'ä', '"', "'", '\n', '*/', '\\', '${x}', 1, 1.5, true, null] } } },
  { properties: { mode: { type: 'string', enum: ['x', 'X', 'x-y', 'x_y', '0', '-1', 'constructor'], default: 'x' } } },
  { properties: { mode: { const: 'only' }, other: { const: null }, list: { const: [1, 'a'] } } },
  { properties: { count: { type: ['integer', 'null'], minimum: -1e308, maximum: 1e21, exclusiveMinimum: -5, multipleOf: 0.1 } } },
  { properties: { word: { type: 'string', default: 'a"b\\c\n${d}*/', pattern: '^[\\p{L}"/]*$', minLength: 0 } } },
  { properties: { word: { type: 'string', pattern: '(?i)^a\\z' }, other: { type: 'string', pattern: '^[\\w-]+$', default: 'a-b' } } },
  { properties: { list: { type: 'array' }, object: { type: 'object', items: {} }, mixed: { type: 'string', enum: ['a', 'a', 1] } } },
  { properties: { word: { type: 'string', default: 7 }, count: { type: 'integer', default: 'seven', examples: ['x', null] } } },
  { properties: { when: { type: 'string', format: 'date-time' }, id: { type: 'string', format: 'uuid' }, odd: { format: 'odd' } } },
  { properties: { any: true, none: false, empty: {} } },
  { properties: { deep: deep(12) } },
  { properties: { list: { type: 'array', items: { type: 'array', items: { enum: [1, 2] } }, uniqueItems: true, maxItems: 9 } } },
  { properties: { pair: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }], items: false } } },
  { properties: { object: { type: 'object', patternProperties: { '^x-': { type: 'string' } }, additionalProperties: false } } },
  {
    properties: { a: { anyOf: [{ type: 'string' }, { type: 'integer' }, { type: 'null' }] }, b: { oneOf: [{ const: 1 }, { const: 'x' }] } },
  },
  { properties: { a: { allOf: [{ type: 'object', properties: { x: {} } }, { required: ['x'] }] }, b: { not: { type: 'null' } } } },
  { properties: { a: { if: { const: 1 }, else: { type: 'string' } } }, dependentRequired: { a: ['b'] } },
  { properties: { first: { $ref: '#/$defs/word' } }, $defs: { word: { type: 'string' } } },
  { properties: { tree: { $ref: '#/$defs/node' } }, $defs: { node } },
  { properties: { self: { type: 'array', items: { $ref: '#' } } } },
  { properties: { a: { $ref: '#/$defs/sp ace' }, b: { $ref: '#/$defs/sl~1ash' }, c: { $ref: '#/$defs/p%25' } }, $defs: oddNamed() },
  { properties: { a: { $ref: '#/definitions/old' }, b: { $ref: '#/properties/a' } }, definitions: { old: { type: 'integer' } } },
  { properties: { a: { type: 'object', $defs: { in: { type: 'string' } }, properties: { x: { $ref: '#/properties/a/$defs/in' } } } } },
  { properties: { a: { $ref: '#named' } }, $defs: { any: { $anchor: 'named', type: 'integer' } } },
  {
    properties: { a: { $dynamicRef: '#moving' } },
    $defs: { any: { $dynamicAnchor: 'moving', type: 'array', items: { $dynamicRef: '#moving' } } },
  },
  { properties: { a: { $ref: 'part' } }, $id: 'http://localhost/whole', $defs: { part: { $id: 'part', type: 'boolean' } } },
  { properties: { a: { $ref: 'http://localhost/x#/$defs/b' } }, $id: 'http://localhost/x', $defs: { b: { type: 'integer' } } },
  { properties: { a: { type: 'string', minimun: 1, widget: 'textarea', 'x-order': 1, example: 'e', nullable: true, discriminator: 1 } } },
  { properties: { a: { type: 'string', title: '*/ "title"', description: 'line\n*/ ${x} `', deprecated: true, readOnly: true } } },
  { properties: { key: { type: 'string', secret: true }, word: { type: 'string', allow_leading_dash: true, $comment: 'none' } } },
  { properties: { picture: { type: 'string', format: 'file', description: 'PNG' }, size: { type: 'integer', default: 1 } } },
  {
    properties: { pictures: { type: 'array', items: { type: 'string', format: 'file' } }, mode: { $ref: '#/$defs/mode' } },
    $defs: { mode: { enum: ['a', 'b'] } },
  },
  {
    properties: { a: { type: 'string', contentMediaType: 'application/json', contentEncoding: 'base64' } },
    $schema: 'https://json-schema.org/draft/2020-12/schema',
  },
  { properties: { properties: { type: 'object', properties: { $ref: { type: 'string' }, default: { enum: ['$ref'] }, properties: {} } } } },
  {
    properties: { a: { type: 'integer' } },
    title: 'All of them',
    description: '*/',
    minProperties: 0,
    examples: [{ a: 'no' }],
    unevaluatedProperties: false,
  },
];

function oddNamed(): Properties {
  return { 'sp ace': { type: 'string' }, 'sl/ash': { type: 'integer' }, 'p%': { type: 'boolean' }, sp_ace: { type: 'null' }, 日本: {} };
}

const stream = (stream_name: string, more: object = {}) => ({ file_type: 'stream', stream_name, ...more });
const outputs = [
  {},
  { output_adapter: { output_type: 'file', output_parameters: stream('STDOUT', { content_type: 'application/json' }) } },
  { output_adapter: { output_type: 'file', output_parameters: stream('STDERR', { content_type: 'text/html; charset=utf-8' }) } },
  { output_adapter: { output_type: 'file', output_parameters: stream('STDOUT', { content_type: 'Application/Vnd.X+JSON' }) } },
  { output_adapter: { output_type: 'file', output_parameters: { file_path: '${output_file}', extension: 'mp3' } } },
  { output_adapter: { output_type: 'file', output_parameters: { file_path: 'a.unknown-extension' } } },
  { output_adapter: { output_type: 'none' } },
];

const inputs = [
  {},
  noMessage,
  { input_adapter: { input_type: 'file', input_parameters: stream('STDIN') } },
  { input_adapter: { input_type: 'file', input_parameters: { file_path: '${input_file}', extension: 'wav' } } },
  { input_adapter: { input_type: 'file', input_parameters: { file_path: '${input_file}', extension: 'txt' } } },
];

const examples = [undefined, [{ message: 'a\t"ä🙂', expect: '' }], [{ parameters: { a: 'wrong', unknown: 1 } }, { parameters: {} }, {}]];

/** So many of one owner; `seed` moves the lists against each other, so that the owners have other combinations. */
export function oddDefinitions(count: number, seed: number): Record<string, unknown>[] {
  const of = <Value>(list: Value[], index: number) => list[(index + seed) % list.length];
  return Array.from({ length: count }, (_, index) => {
    const { properties, ...more } = of(schemas, index);
    const required = Object.keys(properties).filter((_name, place) => (place + index) % 2 === 0);
    const name = names[index] ?? (index % 7 === 0 ? undefined : `program-${index}`);
    return {
      exec: '/usr/bin/true',
      name,
      description: of(texts, index),
      tags: of(tags, index),
      visibility: 'shared',
      ...(index % 12 !== 11 && { parameters: { type: 'object', properties, ...(required.length > 0 && { required }), ...more } }),
      ...of(inputs, index),
      ...of(outputs, index),
      examples: of(examples, index),
      ...(index % 40 === 39 && { process_type: 'service', input_adapter: undefined, output_adapter: undefined }),
    };
  });
}
