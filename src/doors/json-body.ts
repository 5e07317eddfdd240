// Reads a JSON body: behind the login, at most 1 MiB, and nothing in it that would bite later.
import type { FastifyRequest } from 'fastify';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { CodedError } from '../protocol/coded-error.js';

const bodyBound = 2 ** 20;
const depthBound = 512;
const refusedKeys = new Set(['__proto__', 'constructor']);

/** The parsed body. A missing Content-Type counts as JSON. */
export async function readJson(request: FastifyRequest): Promise<unknown> {
  const mediaType = request.givenContentType?.split(';')[0].trim().toLowerCase();
  if (mediaType !== undefined && mediaType !== 'application/json') {
    throw new CodedError('unsupported_media_type', `this route takes application/json, not '${mediaType}'`);
  }
  return parseJson(await readText(request));
}

/** An object, or invalid_request. */
export async function readJsonObject(request: FastifyRequest): Promise<Record<string, unknown>> {
  const value = await readJson(request);
  if (isObject(value)) return value;
  throw new CodedError('invalid_request', 'The body must be a JSON object.');
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function readText(request: FastifyRequest): Promise<string> {
  const bytes = await readBounded(request, bodyBound);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw notJson({ line: 1, column: 1, detail: 'the body is not UTF-8' });
  }
}

/** The whole body as bytes; body_too_large beyond the bound. */
export async function readBounded(request: FastifyRequest, boundBytes: number): Promise<Buffer> {
  const tooLarge = new CodedError('body_too_large', `the body is limited to ${boundBytes} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > boundBytes) throw tooLarge;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.raw.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > boundBytes) throw tooLarge;
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
  const fault = firstFault(value);
  if (fault) throw new CodedError('invalid_request', fault);
  return value;
}

/** The original's sentence, and where the fault is. */
function notJson(place: { line: number; column: number; detail: string }): CodedError {
  return new CodedError('invalid_json', 'Request is not valid JSON.', place);
}

function placeOfFault(text: string): { line: number; column: number; detail: string } {
  const errors: ParseError[] = [];
  parse(text, errors, { allowTrailingComma: false, disallowComments: true });
  const [{ offset, error }] = errors.length > 0 ? errors : [{ offset: 0, error: 0 }];
  const before = text.slice(0, offset).split('\n');
  const name = errors.length > 0 ? printParseErrorCode(error) : 'NotJson';
  const detail = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, detail: `${detail} at line ${before.length}` };
}

/** Depth, keys and strings that are refused, found without recursion. */
function firstFault(root: unknown): string | undefined {
  const waiting: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string') {
      const fault = textFault(value);
      if (fault) return fault;
    } else if (typeof value === 'object' && value !== null) {
      if (depth >= depthBound) return `The body is nested deeper than ${depthBound} levels.`;
      for (const [key, inner] of Object.entries(value)) {
        if (refusedKeys.has(key)) return `The key '${key}' is not allowed.`;
        waiting.push({ value: key, depth: depth + 1 }, { value: inner, depth: depth + 1 });
      }
    }
  }
  return undefined;
}

function textFault(text: string): string | undefined {
  if (text.includes('\0')) return 'The body contains a NUL character (\\u0000), which no program can be given.';
  if (!text.isWellFormed()) return 'The body contains a lone surrogate, which is not valid Unicode.';
  return undefined;
}
