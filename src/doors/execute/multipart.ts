// multipart/form-data: text parts are parameters, file parts go to the disk as they arrive.
import { createHash } from 'node:crypto';
import { Busboy, type BusboyFileStream, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import type { FastifyRequest } from 'fastify';
import { CodedError } from '../../protocol/coded-error.js';
import { fileNameFault } from '../../protocol/file-names.js';
import { type Spooled, spool } from './spool.js';

const partBound = 1000;
const textPartBytes = 2 ** 20;

export interface FilePart extends Spooled {
  field: string;
  name: string;
  mediaType: string;
}

export interface Form {
  texts: Map<string, string[]>;
  files: FilePart[];
  /** Over names and contents of all parts, and not over the boundary, which changes with each attempt. */
  digest: string;
}

interface Parsing {
  form: Form;
  pending: Promise<void>[];
  fail: (error: Error) => void;
}

/** `folder` receives the files; all of them together have at most `boundBytes`. */
export async function readForm(request: FastifyRequest, folder: string, boundBytes: number): Promise<Form> {
  const form: Form = { texts: new Map(), files: [], digest: '' };
  const busboy = newBusboy(request);
  let failed: Error | undefined;
  await new Promise<void>((resolve) => {
    const fail = (error: Error) => {
      failed ??= error;
      request.raw.unpipe(busboy);
      resolve();
    };
    const parsing: Parsing = { form, pending: [], fail };
    busboy.on('field', (name, value, nameCut, valueCut) => {
      if (nameCut || valueCut) return fail(new CodedError('invalid_request', `the part '${name}' is longer than ${textPartBytes} bytes`));
      form.texts.set(name, [...(form.texts.get(name) ?? []), value]);
    });
    busboy.on('file', (field, stream, name, _encoding, mediaType) =>
      takeFile(parsing, { field, stream, name, mediaType }, { folder, boundBytes }),
    );
    busboy.on('partsLimit', () => fail(new CodedError('invalid_request', `there are more than ${partBound} parts`)));
    busboy.on('error', (error: unknown) => fail(malformed((error as Error).message)));
    busboy.on('finish', () => void Promise.all(parsing.pending).then(() => resolve()));
    request.raw.once('error', () => fail(malformed('the body broke off')));
    request.raw.pipe(busboy);
  });
  if (failed) throw failed;
  return { ...form, digest: digestOf(form) };
}

function newBusboy(request: FastifyRequest): BusboyInstance {
  try {
    return new Busboy({
      headers: { ...request.headers, 'content-type': request.givenContentType } as BusboyHeaders,
      preservePath: true,
      limits: { parts: partBound, fieldSize: textPartBytes },
    });
  } catch (error) {
    throw malformed((error as Error).message);
  }
}

interface FileEvent {
  field: string;
  stream: BusboyFileStream;
  name: string;
  mediaType: string;
}

function takeFile(
  { form, pending, fail }: Parsing,
  { field, stream, name, mediaType }: FileEvent,
  place: { folder: string; boundBytes: number },
): void {
  const fault = fileNameFault(name ?? '');
  if (fault) {
    stream.resume();
    return fail(new CodedError('invalid_request', `the file name '${name}' of the part '${field}' ${fault}`));
  }
  const index = form.files.length;
  const part: FilePart = { field, name, mediaType, path: `${place.folder}/${index}`, bytes: 0, digest: '' };
  form.files.push(part);
  const before = form.files.slice(0, index).reduce((sum, file) => sum + file.bytes, 0);
  const written = spool(stream, part.path, place.boundBytes - before).then((spooled) => void Object.assign(part, spooled));
  pending.push(written.catch(fail));
}

function malformed(reason: string): CodedError {
  return new CodedError('invalid_request', `the multipart body is malformed: ${reason}`);
}

function digestOf({ texts, files }: Form): string {
  const parts = files.map(({ field, name, digest }) => [field, name, digest]);
  return createHash('sha256')
    .update(JSON.stringify([[...texts], parts]))
    .digest('hex');
}
