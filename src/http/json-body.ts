// Reads a JSON body after the login: at most 1 MiB unless its route takes more, and without values that would cause harm later.
import type { FastifyRequest } from 'fastify';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { CodedError } from '../model/coded-error.js';
import { inexactNumber, jsonFault } from '../model/strict-json.js';
import { hasMoreValues } from './count-values.js';

export const bodyBound = 2 ** 20;

/** The bounds of a body: its bytes, and for one that is larger than others its values. */
export interface BodyBounds {
  bytes: number;
  valuesOfLarge: number;
}
const usual: BodyBounds = { bytes: bodyBound, valuesOfLarge: 0 };

/** The parsed body. A missing Content-Type counts as JSON. */
async function readJson(request: FastifyRequest, bounds: BodyBounds): Promise<unknown> {
  const mediaType = request.givenContentType?.split(';')[0].trim().toLowerCase();
  if (mediaType !== undefined && mediaType !== 'application/json') {
    throw new CodedError('unsupported_media_type', `Content-Type must be application/json, got '${mediaType}'`);
  }
  return readJsonValue(request, bounds);
}

/** The parsed body, whatever its Content-Type says. Throws body_too_large, invalid_json, and invalid_request for values that would cause harm. */
export async function readJsonValue(request: FastifyRequest, { bytes, valuesOfLarge }: BodyBounds): Promise<unknown> {
  const text = await readText(request, bytes);
  if (text.length > bodyBound && hasMoreValues(text, valuesOfLarge))
    throw new CodedError('body_too_large', `a body of more than ${bodyBound} bytes may have at most ${valuesOfLarge} values`);
  return parseJson(text);
}

/** Returns an object, or throws invalid_request. */
export async function readJsonObject(request: FastifyRequest, bounds = usual): Promise<Record<string, unknown>> {
  const value = await readJson(request, bounds);
  if (isObject(value)) return value;
  throw new CodedError('invalid_request', 'The body must be a JSON object.');
}

/** Like readJsonObject, but an empty body is an empty object. */
export async function readOptionalObject(request: FastifyRequest): Promise<Record<string, unknown>> {
  const bodiless = request.headers['transfer-encoding'] === undefined && Number(request.headers['content-length'] ?? 0) === 0;
  return bodiless ? {} : readJsonObject(request);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function readText(request: FastifyRequest, boundBytes: number): Promise<string> {
  const bytes = await readBounded(request, boundBytes);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw notJson({ line: 1, column: 1, detail: 'the body is not UTF-8' });
  }
}

/** Returns the whole body as bytes; throws body_too_large beyond the bound. */
export async function readBounded(request: FastifyRequest, boundBytes: number): Promise<Buffer> {
  const tooLarge = () => new CodedError('body_too_large', `the body is limited to ${boundBytes} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > boundBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.raw.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > boundBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw notJson(placeOfFault(text));
  }
  const inexact = inexactNumber(text);
  if (inexact) throw new CodedError('invalid_request', `The number ${inexact.slice(0, 40)} cannot be kept exactly; send it as text.`);
  const fault = jsonFault(value);
  if (fault) throw new CodedError('invalid_request', fault);
  return value;
}

/** The sentence of the original, and the place of the fault. */
function notJson(place: { line: number; column: number; detail: string }): CodedError {
  return new CodedError('invalid_json', 'Request is not valid JSON.', place);
}

function placeOfFault(text: string): { line: number; column: number; detail: string } {
  const errors: ParseError[] = [];
  try {
    parse(text, errors, { allowTrailingComma: false, disallowComments: true });
  } catch {
    return { line: 1, column: 1, detail: 'nested too deeply to be read' };
  }
  const [{ offset, error }] = errors.length > 0 ? errors : [{ offset: 0, error: 0 }];
  const before = text.slice(0, offset).split('\n');
  const name = errors.length > 0 ? printParseErrorCode(error) : 'NotJson';
  const detail = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, detail: `${detail} at line ${before.length}` };
}
