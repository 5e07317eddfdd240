// Turns the document that Nest generates into the OpenAPI 3.1 that is served: groups for users, one schema per body, no keywords of 3.0.
import type { OpenAPIObject } from '@nestjs/swagger';
import { bodyExamples } from './openapi-examples.js';

interface Operation {
  tags?: string[];
  parameters?: { name: string; in: string }[];
  requestBody?: object;
  responses: Record<string, Response>;
  'x-request-content'?: object;
}
type Schema = Record<string, unknown>;

interface Response {
  description: string;
  content?: Record<string, object>;
}

/** The groups in the order in which Swagger UI shows them. The first pattern that fits an address decides. */
const groups: [name: string, description: string, addresses: RegExp][] = [
  [
    'Definitions',
    'How to start a program, and how messages get in and out of it.',
    /^\/api\/(process_definition|adapter|import)\/(?!.*\/(execute|explain|selftest)\/$)/,
  ],
  ['Execute', 'Run a definition: a message in, the output back.', /^\/(api\/process_definition|call)\//],
  ['Runs', 'The record of each run, its output, log and files.', /^\/(api\/run\/(?!\{id\}\/(messages?|http|page)\/)|r\/)/],
  ['Services and messages', 'Programs that stay up.', /^\/api\/run\//],
  ['Streams', 'Messages of a bus, and the definitions that are bound to them.', /^\/api\/(stream|binding)\//],
  ['Events', 'What changes, as it changes.', /^\/api\/event\//],
  ['Users and tokens', 'Who may do what, and how a browser signs in.', /^\/api\/(user|me|token|session|ticket)\//],
  ['Operations', 'Health, metrics and lanes of this server.', /^\/($|about$|health|metrics$|api\/$|api\/(server|lane)\/)/],
  ['Older systems', 'Interfaces for clients of other systems; which are on, COMPAT says.', /^/],
];

/** The methods that the document does not show for a route of every method. */
const unshown = ['head', 'options', 'trace', 'search'] as const;

/** Writes addresses with their final slash, and documents the server of a program only once. */
export function polished(document: OpenAPIObject): OpenAPIObject {
  const shown = Object.entries(document.paths).filter(([path]) => !path.endsWith('/http'));
  document.paths = Object.fromEntries(shown.map(([path, item]) => [withSlash(path), item]));
  for (const [address, item] of Object.entries(document.paths)) {
    for (const method of unshown) delete (item as Record<string, unknown>)[method];
    for (const operation of Object.values(item) as Operation[]) polishOperation(address, operation);
  }
  document.tags = groups.map(([name, description]) => ({ name, description }));
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
  for (const [name, example] of Object.entries(bodyExamples)) if (schemas[name]) schemas[name].example = example;
  return modernised(document) as OpenAPIObject;
}

function polishOperation(address: string, operation: Operation): void {
  const content = operation['x-request-content'];
  delete operation['x-request-content'];
  if (content) operation.requestBody = { content };
  operation.tags = [groups.find(([, , addresses]) => addresses.test(address))?.[0] ?? ''];
  addOtherErrors(operation);
  operation.parameters = operation.parameters?.filter((one) => one.in !== 'path' || address.includes(`{${one.name}}`));
}

const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemBody' } } };

/** What any request can get, a body that is too large or a Host that is not ours: in the form of the errors that the operation lists. */
function addOtherErrors({ responses }: Operation): void {
  const listed = Object.entries(responses).find(([status, { content }]) => Number(status) >= 400 && content !== undefined);
  responses.default = { description: 'another error', content: listed?.[1].content ?? problem };
}

/** The addresses of the API end in a slash, as those of tastypie do, except those of files; they also work without the slash. */
function withSlash(path: string): string {
  return path.startsWith('/api') && !/\/$|\{path\}$|\.json$/.test(path) ? `${path}/` : path;
}

/** Values of these keys are data, not schemas. */
const data = new Set(['example', 'examples', 'enum', 'const']);

function modernised(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(modernised);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, data.has(key) ? inner : modernised(inner)]);
  return withNull(withoutDefault(Object.fromEntries(entries)));
}

/** Generators of types make a key with a default required; the default is told in words. A property may be called `default`. */
function withoutDefault(schema: Schema): Schema {
  const { default: fallback, ...rest } = schema;
  if (fallback === undefined || (typeof fallback === 'object' && !Array.isArray(fallback))) return schema;
  return { ...rest, description: [rest.description, `default: ${JSON.stringify(fallback)}`].filter(Boolean).join('; ') };
}

/** 3.1 has no `nullable`: null is a type. */
function withNull(schema: Schema): Schema {
  if (schema.nullable !== true) return schema;
  const { nullable, type, enum: values, ...rest } = schema;
  if (type === undefined) {
    const { description, allOf, ...other } = rest;
    const named = Array.isArray(allOf) ? allOf : [other];
    return { ...(description !== undefined && { description }), anyOf: [...named, { type: 'null' }] };
  }
  return { ...rest, type: [type, 'null'].flat(), ...(Array.isArray(values) && { enum: [...values, null] }) };
}
