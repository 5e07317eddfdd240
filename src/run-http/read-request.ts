// Turns an HTTP request into the request for a run: its message, its parameters and its files.
import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { DefinitionRow } from '../definitions/definition-rows.js';
import { parsedDefinition } from '../definitions/parsed-definition.js';
import { wantedTypes } from '../http/accept.js';
import { keyedRequest } from '../http/idempotency-key.js';
import { isObject, parseJson, readBounded } from '../http/json-body.js';
import { type FilePart, readForm } from '../http/multipart.js';
import { type Preferences, readRunPreferences } from '../http/preferences.js';
import { principalOf, queryOf } from '../http/request.js';
import { boundedBody, messageTooLarge } from '../http/spool.js';
import { chooseInput, chooseOutput, isNone } from '../model/adapter-choice.js';
import { CodedError } from '../model/coded-error.js';
import { declaredParameters, isFileList, isService, type ProcessDefinition, takesFiles } from '../model/definition.js';
import { inlineMessageBytes, type UploadedFile } from '../model/run-order.js';
import { extensionOf } from '../results/content-type.js';
import type { RunRequest } from '../runs/run-request.js';
import { type ExecuteQuery, givenValue, readExecuteQuery } from './execute-query.js';
import { messageNotTaken } from './message-remark.js';
import type { MessageSpool } from './message-spool.js';
import type { RunSources } from './run-sources.js';

export interface ExecuteRequest {
  run: RunRequest;
  preferences: Preferences;
}

/** The content of a body. `digest` is SHA-256 in hex, known when everything was spooled of a request that may be repeated. */
type Brought = Pick<RunRequest, 'message' | 'live' | 'liveBytes' | 'uploads' | 'parameters'> & {
  name?: string;
  mediaType?: string;
  digest?: string | null;
};

interface Reading {
  request: FastifyRequest;
  definition: ProcessDefinition;
  preferences: Preferences;
  spool: MessageSpool;
  runId: string;
}

interface Means {
  sources: RunSources;
  runId: string;
  /** The name of the file that the message was, as the address says it. */
  fileName?: string;
}

/** The message and the files are spooled under `runId`. */
export async function readExecuteRequest(
  request: FastifyRequest,
  row: DefinitionRow,
  { sources, runId, fileName }: Means,
): Promise<ExecuteRequest> {
  const definition = parsedDefinition(row);
  const query = readExecuteQuery(queryOf(request), definition);
  const preferences = readRunPreferences(request, query.stream);
  const body = await readBody({ request, definition, preferences, spool: sources.spool, runId });
  const { messageFrom } = query;
  if (messageFrom !== undefined) refuseOtherMessage(definition, body);
  const ofRun = messageFrom === undefined ? {} : await sources.message(principalOf(request), runId, messageFrom);
  const run = runRequest({ request, row, definition, query, preferences, brought: { name: fileName, ...body, ...ofRun }, runId });
  return { preferences, run: await sources.place(principalOf(request), run) };
}

function refuseOtherMessage(definition: ProcessDefinition, { message }: Brought): void {
  if (isNone(chooseInput(definition)))
    throw new CodedError('message_not_taken', 'this definition takes no message; leave out message_from');
  if (message.kind !== 'none') throw new CodedError('invalid_request', 'the request may have a message or message_from, but not both');
}

interface Parts {
  request: FastifyRequest;
  row: DefinitionRow;
  definition: ProcessDefinition;
  query: ExecuteQuery;
  preferences: Preferences;
  brought: Brought;
  runId: string;
}

function runRequest({ request, row, definition, query, preferences, brought, runId }: Parts): RunRequest {
  const { name, mediaType, digest } = brought;
  const declaredType = chooseOutput(definition).parameters.content_type as string | undefined;
  return {
    message: brought.message,
    live: brought.live,
    liveBytes: brought.liveBytes,
    uploads: brought.uploads,
    runId,
    definition: row,
    content: definition,
    parameters: { ...query.parameters, ...brought.parameters },
    inputFile: { name: query.inputName, extension: fileExtension(name) ?? extensionOf(mediaType) },
    outputFile: { name: query.outputName, extension: extensionOf(declaredType) ?? wantedExtension(request) },
    synchronous: preferences.waitMs === Number.POSITIVE_INFINITY,
    timeoutMs: query.timeoutMs ?? preferences.timeoutMs,
    priority: query.priority,
    trace: request.traceContext,
    idempotency: keyedRequest(request, { mediaType, digest }),
  };
}

/** The extension of the most wanted type that has one. */
function wantedExtension({ headers }: FastifyRequest): string | undefined {
  return wantedTypes(headers.accept)
    .map(extensionOf)
    .find((extension) => extension !== undefined);
}

function fileExtension(name: string | undefined): string | undefined {
  return /\.([A-Za-z0-9]{1,16})$/.exec(name ?? '')?.[1];
}

/** Whether a repetition of the request must be told from another request, by its content. */
function isRepeatable({ idempotencyKey }: Preferences): boolean {
  return idempotencyKey !== null;
}

function readBody(reading: Reading): Promise<Brought> {
  const { request, definition } = reading;
  const lengthBytes = Number(request.headers['content-length'] ?? 0);
  if (lengthBytes > reading.spool.messageBytes) throw messageTooLarge(reading.spool.messageBytes);
  if (/^multipart\/form-data\b/i.test(request.givenContentType ?? '')) return readParts(reading);
  const empty = lengthBytes === 0 && request.headers['transfer-encoding'] === undefined;
  if (empty) return Promise.resolve({ message: { kind: 'none' }, live: null, uploads: [], parameters: {}, digest: '' });
  if (isNone(chooseInput(definition))) return readParameters(request, definition);
  return readMessage(reading);
}

/** A small message travels in the order; a larger one of known length goes straight to the program, and others are spooled. */
async function readMessage({ request, definition, preferences, spool, runId }: Reading): Promise<Brought> {
  const base = { uploads: [], parameters: {}, mediaType: request.givenContentType };
  const lengthBytes = Number(request.headers['content-length'] ?? Number.NaN);
  if (lengthBytes <= inlineMessageBytes) return { ...base, ...(await inlineMessage(request, definition, lengthBytes)) };
  const knownLength = !Number.isNaN(lengthBytes);
  // a service only gets complete messages
  const mayStream = !isRepeatable(preferences) && !isService(definition);
  const waits = preferences.waitMs === Number.POSITIVE_INFINITY;
  if (mayStream && waits && knownLength) return { ...base, message: { kind: 'live' }, live: request.raw, liveBytes: lengthBytes };
  if (mayStream && preferences.stream) {
    return { ...base, message: { kind: 'live' }, live: boundedBody(request.raw, spool.messageBytes) };
  }
  const spooled = await spool.message(runId, request.raw, { digested: isRepeatable(preferences) });
  return { ...base, message: { kind: 'file', path: spooled.path, bytes: spooled.bytes }, live: null, digest: spooled.digest };
}

async function inlineMessage(
  request: FastifyRequest,
  definition: ProcessDefinition,
  boundBytes: number,
): Promise<Partial<Brought> & Pick<Brought, 'message' | 'live'>> {
  const bytes = await readBounded(request, boundBytes);
  const digest = hash('sha256', bytes, 'hex');
  const parameters = formParameters(request, definition, bytes);
  // curl gives every body the type of a form
  if (parameters && Object.keys(parameters).every((name) => Object.hasOwn(declaredParameters(definition), name)))
    return { message: { kind: 'none' }, live: null, parameters, digest };
  return { message: { kind: 'inline', base64: bytes.toString('base64') }, live: null, digest };
}

/** The fields of a urlencoded form as parameters; undefined where the definition declares none, or where the body is no form. */
function formParameters(
  { givenContentType }: FastifyRequest,
  definition: ProcessDefinition,
  bytes: Buffer,
): Brought['parameters'] | undefined {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(givenContentType ?? '');
  if (!isForm || Object.keys(declaredParameters(definition)).length === 0) return undefined;
  const fields = new URLSearchParams(bytes.toString());
  return Object.fromEntries([...new Set(fields.keys())].map((name) => [name, givenValue(definition, name, fields.getAll(name))]));
}

/** A definition without a message takes its parameters as a JSON object, or as a form. */
async function readParameters(request: FastifyRequest, definition: ProcessDefinition): Promise<Brought> {
  const bytes = await readBounded(request, 2 ** 20);
  const text = bytes.toString();
  const isJson = text.trimStart().startsWith('{');
  const value = bytes.length === 0 ? {} : isJson ? parseJson(text) : formParameters(request, definition, bytes);
  const names = Object.keys(declaredParameters(definition));
  const isUnwanted = isObject(value) && Object.keys(value).length > 0 && names.length === 0;
  // curl gives every body the type of a form
  const isText = !isJson && bytes.length > 0 && !text.includes('=') && !names.includes(text);
  if (!isObject(value) || isUnwanted || isText) throw messageNotTaken(definition);
  const digest = hash('sha256', bytes, 'hex');
  return { message: { kind: 'none' }, live: null, uploads: [], parameters: value, mediaType: request.givenContentType, digest };
}

async function readParts({ request, definition, preferences, spool, runId }: Reading): Promise<Brought> {
  const form = await readForm(request, spool.uploads(runId), {
    boundBytes: spool.messageBytes,
    room: spool.room,
    digested: isRepeatable(preferences),
  });
  const parameters = [...form.texts].map(([name, texts]) => [name, givenValue(definition, name, texts)]);
  const isParameter = ({ field }: FilePart) => takesFiles(declaredParameters(definition)[field]);
  const others = form.files.filter((part) => !isParameter(part));
  const takesMessage = !isNone(chooseInput(definition));
  const message = takesMessage ? (others.find(({ field }) => field === 'message') ?? others[0]) : undefined;
  const uploads = form.files
    .filter((part) => part !== message)
    .map((part) => ({ path: part.path, name: part.name, ...(isParameter(part) && { parameter: part.field }) }));
  refuseTwice(definition, uploads);
  return {
    message: message ? { kind: 'file', path: message.path, bytes: message.bytes } : { kind: 'none' },
    live: null,
    uploads,
    parameters: Object.fromEntries(parameters),
    name: message?.name,
    mediaType: message?.mediaType ?? 'multipart/form-data',
    digest: form.digest,
  };
}

/** A parameter that is not a list can have only one file, and a name in the work directory can be used only once. */
function refuseTwice(definition: ProcessDefinition, uploads: UploadedFile[]): void {
  const declared = declaredParameters(definition);
  const single = uploads.filter(({ parameter }) => parameter === undefined || !isFileList(declared[parameter]));
  const places = single.map(({ parameter, name }) => (parameter ? `parameter '${parameter}'` : `file '${name}'`));
  const twice = places.find((place, index) => places.indexOf(place) !== index);
  if (twice) throw new CodedError('invalid_request', `only one part may be given for the ${twice}`);
}
