// One stored definition as an operation of OpenAPI 3.1: its parameters, the types of its message and its output, its examples and its errors.
import { chooseInput, chooseOutput, isDirectory, isFile, isNone, isStream, portAdapters } from '../../model/adapter-choice.js';
import { declaredParameters, isService, type ParameterSchema, type ProcessDefinition, takesFiles } from '../../model/definition.js';
import { typeByName } from '../../results/content-type.js';
import { DocumentSchemas } from './document-schema.js';
import type { OperationNames } from './operation-names.js';

export interface DefinitionOperation {
  path: string;
  tags: string[];
  /** As JSON. */
  text: string;
  /** What the operation refers to, as JSON, by name. */
  schemas: [name: string, text: string][];
}

const binary = { type: 'string', format: 'binary' };
const refer = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });
/** All errors have one form (RFC 9457); docs/errors.md has the codes. */
const errors = { '4XX': refer('responses', 'Problem'), '5XX': refer('responses', 'Problem') };
const summaryLength = 120;

export function operationOf(content: ProcessDefinition, { path, operationId, component, title, tag }: OperationNames): DefinitionOperation {
  const schemas = new DocumentSchemas(content.parameters ?? {}, component);
  const operation = {
    operationId,
    ...described(content, title),
    tags: [tag],
    parameters: [...queryParameters(content, schemas), ...(isService(content) ? [] : [refer('parameters', 'timeout')])],
    ...requestBody(content, schemas),
    responses: { ...answers(content), ...errors },
  };
  return { path, tags: operation.tags, text: JSON.stringify(operation), schemas: schemas.components() };
}

/** An operation on a service does not wait for an end: it hands over one message. */
const aboutServices =
  'A service, which stays up: the body is one message to it. The service is started if it does not run, with these parameters; without a body it is only started. What it sends is at `/api/run/{id}/messages/` of the run in the answer.';

/** A summary is one short line. */
function described(content: ProcessDefinition, title: string): { summary: string; description?: string } {
  const own = content.description?.trim() ?? '';
  const [line] = own.split('\n', 1);
  const verb = isService(content) ? 'Send a message to' : 'Run';
  const summary = line.length > summaryLength ? `${line.slice(0, summaryLength)}…` : line.trim() || `${verb} ${title}`;
  const more = [...([summary, ''].includes(own) ? [] : [content.description as string]), ...(isService(content) ? [aboutServices] : [])];
  return { summary, ...(more.length > 0 && { description: more.join('\n\n') }) };
}

/** Text parameters stand in the address, where the body is the message. */
function queryParameters(content: ProcessDefinition, schemas: DocumentSchemas): object[] {
  if (takesForm(content) || isNone(chooseInput(content))) return [];
  const required = content.parameters?.required ?? [];
  return Object.entries(declaredParameters(content)).map(([name, schema]) => {
    const shown = schemas.part(schema);
    const { description, ...rest } = (typeof shown === 'object' ? shown : {}) as ParameterSchema;
    const form = schema.type === 'object' ? { content: { 'application/json': { schema: rest } } } : { schema: rest };
    return { name, in: 'query', required: required.includes(name), ...(description !== undefined && { description }), ...form };
  });
}

/** Files have parts of their own, and secrets must not stand in an address. */
function takesForm(content: ProcessDefinition): boolean {
  const declared = Object.values(declaredParameters(content));
  return declared.some((schema) => takesFiles(schema) || (schema.secret && !isNone(chooseInput(content))));
}

function requestBody(content: ProcessDefinition, schemas: DocumentSchemas): { requestBody?: object } {
  const required = content.parameters?.required ?? [];
  const takesMessage = !isNone(chooseInput(content));
  if (takesForm(content))
    return { requestBody: { required: takesMessage || required.length > 0, content: { 'multipart/form-data': form(content, schemas) } } };
  if (takesMessage) return { requestBody: { required: !isService(content), content: messageTypes(content) } };
  if (content.parameters === undefined) return {};
  const body = { schema: schemas.whole(), ...parameterExamples(content, schemas) };
  return { requestBody: { required: required.length > 0, content: { 'application/json': body } } };
}

function form(content: ProcessDefinition, schemas: DocumentSchemas): object {
  const takesMessage = !isNone(chooseInput(content));
  const { properties, required = [], ...rest } = schemas.part() as { properties?: object; required?: string[] };
  const message = takesMessage ? { message: { ...binary, description: 'the message' } } : {};
  const schema = {
    type: 'object',
    ...rest,
    properties: { ...properties, ...message },
    required: [...new Set([...required, ...Object.keys(message)])],
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

/** An example that the parameters do not allow would mislead. */
function parameterExamples({ examples = [] }: ProcessDefinition, schemas: DocumentSchemas): object {
  const given = examples.flatMap(({ parameters }) => (parameters === undefined ? [] : [parameters]));
  return namedExamples(given.filter((values) => !schemas.misfits(values)));
}

function namedExamples(values: unknown[]): object {
  if (values.length === 0) return {};
  return { examples: Object.fromEntries(values.map((value, index) => [`example${index + 1}`, { value }])) };
}

/** A 202 is for those alone who ask for it by Prefer, except of a service: among the answers it would make every result of a typed client either of two. */
function answers(content: ProcessDefinition): Record<string, object> {
  if (isService(content)) return { ...(repliesTo(content) && { 200: refer('responses', 'Reply') }), 202: refer('responses', 'Taken') };
  if (isNone(chooseOutput(content))) return { 200: refer('responses', 'Ended') };
  return { 200: { description: 'the output of the program', headers: runHeaders, content: outputTypes(content) } };
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
  const declared = typeof parameters.content_type === 'string' ? parameters.content_type.split(';')[0].trim().toLowerCase() : '';
  const byName = typeof parameters.file_path === 'string' ? typeByName(parameters.file_path)?.split(';')[0] : undefined;
  const packed = isDirectory(output) && parameters.format !== 'file' ? 'application/zip' : undefined;
  const type = (declared || packed) ?? plainType(parameters.extension) ?? byName;
  if (type !== undefined) return { [type]: { schema: schemaOfType(type) } };
  const isStandardStream = isStream(output);
  return { ...(isStandardStream && { 'text/plain': { schema: { type: 'string' } } }), 'application/octet-stream': { schema: binary } };
}

function schemaOfType(type: string): object {
  if (/[/+]json$/.test(type)) return {};
  return type.startsWith('text/') ? { type: 'string' } : binary;
}
