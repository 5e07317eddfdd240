// Reads a JSON body that carries definitions: their files may make it larger than other bodies.
import type { FastifyRequest } from 'fastify';
import { CodedError } from '../model/coded-error.js';
import { bodyBound, isObject, readJsonObject } from './json-body.js';

/** The bounds of a body with the files of its definitions: a file is one long value. */
export const bodyWithFiles = { bytes: 4 * 2 ** 20, valuesOfLarge: 100_000 };

/** Without the files the body has the bound of every body, since the rest is what takes time to check. */
export async function readDefinitionBody(request: FastifyRequest): Promise<Record<string, unknown>> {
  const body = await readJsonObject(request, bodyWithFiles);
  const members = Array.isArray(body.objects) ? { objects: body.objects.map(withoutFiles) } : {};
  refuseLarge({ ...(withoutFiles(body) as object), ...members }, 'the body');
  return body;
}

/** For a definition that did not come in such a body. Throws body_too_large. */
export function refuseLargeDefinition(definition: object): void {
  refuseLarge(withoutFiles(definition), 'a definition');
}

function refuseLarge(rest: unknown, what: string): void {
  if (Buffer.byteLength(JSON.stringify(rest)) <= bodyBound) return;
  throw new CodedError('body_too_large', `${what} is limited to ${bodyBound} bytes, the files of definitions not counted`);
}

/** For a definition, and for an object that holds one. */
function withoutFiles(holder: unknown): unknown {
  if (!isObject(holder)) return holder;
  const { definition } = holder;
  return { ...holder, files: undefined, ...(isObject(definition) && { definition: { ...definition, files: undefined } }) };
}
