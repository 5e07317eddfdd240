// One stored definition as an operation of OpenAPI 3.1: its parameters, the types of its message and its output, its examples and its errors.
import { hasReferences, schemaInDocument, schemasInDocument } from '../../definitions/own-schema.js';
import { chooseInput, chooseOutput, isDirectory, isFile, isNone, isStream, portAdapters } from '../../model/adapter-choice.js';
import { declaredParameters, isService, type ParameterSchema, type ProcessDefinition, takesFiles } from '../../model/definition.js';
import { typeByName } from '../../results/content-type.js';

/** Of a definition, as its caller names it. */
export interface Named {
  content: ProcessDefinition;
  name: string;
  /** Null: it is the caller's own. */
  owner: string | null;
}

export interface DefinitionOperation {
  path: string;
  operationId: string;
  tags: string[];
  operation: object;
  /** What the operation refers to. */
  schemas: Record<string, unknown>;
}

const binary = { type: 'string', format: 'binary' };
const refer = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });
/** All errors have one form (RFC 9457); docs/errors.md has the codes. */
const errors = { '4XX': refer('responses', 'Problem'), '5XX': refer('responses', 'Problem') };

export function operationOf({ content, name, owner }: Named): DefinitionOperation {
  const operationId = owner === null ? name : `${owner}--${name}`;
  const component = operationId.replace(/[^A-Za-z0-9._-]/g, (character) => `_${character.charCodeAt(0).toString(16)}`);
  const root = `#/components/schemas/${component}`;
  const operation = {
    operationId,
    summary: content.description?.split('\n')[0] || (isService(content) ? `Send a message to ${name}` : `Run ${name}`),
    ...describedAs(content),
    tags: tagsOf(content, owner),
    parameters: [...queryParameters(content, root), ...(isService(content) ? [] : [refer('parameters', 'timeout')])],
    ...requestBody(content, root),
    responses: { ...answers(content), ...errors },
  };
  const address = owner === null ? [name] : [owner, name];
  return {
    path: `/call/${address.map(encodeURIComponent).join('/')}`,
    operationId,
    tags: operation.tags,
    operation,
    schemas: content.parameters && hasReferences(content.parameters) ? schemasInDocument(content.parameters, component) : {},
  };
}

/** An operation on a service does not wait for an end: it hands over one message. */
const aboutServices =
  'A service, which stays up: the body is one message to it. The service is started if it does not run, with these parameters; without a body it is only started. What it sends is at `/api/run/{id}/messages/` of the run in the answer.';

function describedAs(content: ProcessDefinition): { description?: string } {
  const own = content.description?.includes('\n') ? [content.description] : [];
  const all = isService(content) ? [...own, aboutServices] : own;
  return all.length === 0 ? {} : { description: all.join('\n\n') };
}

function tagsOf({ tags = [] }: ProcessDefinition, owner: string | null): string[] {
  if (tags.length > 0) return tags.slice(0, 1);
  return [owner === null ? 'Your definitions' : `Definitions of ${owner}`];
}

/** Text parameters stand in the address, where the body is the message. */
function queryParameters(content: ProcessDefinition, root: string): object[] {
  if (takesForm(content) || isNone(chooseInput(content))) return [];
  const required = content.parameters?.required ?? [];
  return Object.entries(declaredParameters(content)).map(([name, schema]) => {
    const { description, ...rest } = schemaInDocument(schema, root) as ParameterSchema;
    const form = schema.type === 'object' ? { content: { 'application/json': { schema: rest } } } : { schema: rest };
    return { name, in: 'query', required: required.includes(name), ...(description !== undefined && { description }), ...form };
  });
}

/** Files have parts of their own, and secrets must not stand in an address. */
function takesForm(content: ProcessDefinition): boolean {
  const declared = Object.values(declaredParameters(content));
  return declared.some((schema) => takesFiles(schema) || (schema.secret && !isNone(chooseInput(content))));
}

function requestBody(content: ProcessDefinition, root: string): { requestBody?: object } {
  const required = content.parameters?.required ?? [];
  const takesMessage = !isNone(chooseInput(content));
  if (takesForm(content))
    return { requestBody: { required: takesMessage || required.length > 0, content: { 'multipart/form-data': form(content, root) } } };
  if (takesMessage) return { requestBody: { required: !isService(content), content: messageTypes(content) } };
  if (content.parameters === undefined) return {};
  const schema = hasReferences(content.parameters) ? { $ref: root } : schemaInDocument(content.parameters, root);
  return { requestBody: { required: required.length > 0, content: { 'application/json': { schema, ...parameterExamples(content) } } } };
}

function form(content: ProcessDefinition, root: string): object {
  const takesMessage = !isNone(chooseInput(content));
  const { properties = {}, required = [], ...rest } = content.parameters ?? {};
  const inner = schemaInDocument({ ...rest, properties }, root) as { properties: Record<string, unknown> };
  const message = takesMessage ? { message: { ...binary, description: 'the message' } } : {};
  const schema = {
    type: 'object',
    ...inner,
    properties: { ...inner.properties, ...message },
    required: [...required, ...Object.keys(message)],
  };
  return { schema };
}

function messageTypes(content: ProcessDefinition): Record<string, object> {
  const input = chooseInput(content);
  const type = isFile(input) ? plainType(input.parameters.extension) : undefined;
  const examples = messageExamples(content);
  const isText = type === undefined || type.startsWith('text/');
  return {
    ...(isText && { [type ?? 'text/plain']: { schema: { type: 'string' }, ...examples } }),
    ...(type !== undefined && !isText && { [type]: { schema: binary } }),
    'application/octet-stream': { schema: binary },
  };
}

/** Of an extension, such as `wav`. */
function plainType(extension: unknown): string | undefined {
  return (typeof extension === 'string' && typeByName(`file.${extension}`)?.split(';')[0]) || undefined;
}

function messageExamples({ examples = [] }: ProcessDefinition): object {
  return namedExamples(examples.flatMap(({ message }) => (typeof message === 'string' ? [message] : [])));
}

function parameterExamples({ examples = [] }: ProcessDefinition): object {
  return namedExamples(examples.flatMap(({ parameters }) => (parameters === undefined ? [] : [parameters])));
}

function namedExamples(values: unknown[]): object {
  if (values.length === 0) return {};
  return { examples: Object.fromEntries(values.map((value, index) => [`example${index + 1}`, { value }])) };
}

function answers(content: ProcessDefinition): Record<string, object> {
  const accepted = refer('responses', 'Accepted');
  if (isService(content)) return { ...(repliesTo(content) && { 200: refer('responses', 'Reply') }), 202: refer('responses', 'Taken') };
  const output = chooseOutput(content);
  if (isNone(output)) return { 200: refer('responses', 'Ended'), 202: accepted };
  const description = 'the output of the program';
  return { 200: { description, headers: runHeaders, content: outputTypes(content) }, 202: accepted };
}

/** Where messages go in and out by the same port, each has its own connection, and with it its reply. */
function repliesTo(content: ProcessDefinition): boolean {
  const [input, output] = portAdapters(content).map(({ parameters }) => parameters.tcp_port);
  return output !== undefined && input === output;
}

const runHeaders = { 'Run-Id': refer('headers', 'RunId'), 'Exit-Code': refer('headers', 'ExitCode') };

function outputTypes(content: ProcessDefinition): Record<string, object> {
  const output = chooseOutput(content);
  const { parameters } = output;
  const declared = typeof parameters.content_type === 'string' ? parameters.content_type.split(';')[0].trim() : undefined;
  const byName = typeof parameters.file_path === 'string' ? typeByName(parameters.file_path)?.split(';')[0] : undefined;
  const packed = isDirectory(output) && parameters.format !== 'file' ? 'application/zip' : undefined;
  const type = declared ?? packed ?? plainType(parameters.extension) ?? byName;
  if (type !== undefined) return { [type]: { schema: schemaOfType(type) } };
  const isStandardStream = isStream(output);
  return { ...(isStandardStream && { 'text/plain': { schema: { type: 'string' } } }), 'application/octet-stream': { schema: binary } };
}

function schemaOfType(type: string): object {
  if (/[/+]json$/.test(type)) return {};
  return type.startsWith('text/') ? { type: 'string' } : binary;
}
