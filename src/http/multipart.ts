// multipart/form-data: text parts are parameters; file parts go to the disk as they arrive.
import { hash } from 'node:crypto';
import { Busboy, type BusboyFileStream, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import type { FastifyRequest } from 'fastify';
import { CodedError } from '../model/coded-error.js';
import { fileNameFault } from '../model/file-names.js';
import { mendNames } from './part-names.js';
import { ByteCounter, type Spooled, type SpoolOptions, spool } from './spool.js';

const partBound = 1000;
/** The most bytes of all text parts together, which are held in memory. */
const textBytesBound = 2 ** 20;

export interface FilePart extends Spooled {
  field: string;
  name: string;
  mediaType: string;
}

export interface Form {
  texts: Map<string, string[]>;
  files: FilePart[];
  /** The digest of the names and contents of all parts, without the boundary, which changes with each attempt; null where it was not wanted. */
  digest: string | null;
}

/** `folder` receives the files, and is created for the first one; the whole body may have at most `boundBytes`. On failure every part is closed before the error is thrown. */
export async function readForm(request: FastifyRequest, folder: string, { boundBytes, digested, room }: SpoolOptions): Promise<Form> {
  const reading = new FormReading(folder, digested);
  const busboy = newBusboy(request);
  const counter = new ByteCounter(boundBytes, { room });
  await new Promise<void>((resolve) => {
    reading.onFailure = () => {
      request.raw.unpipe(counter);
      resolve();
    };
    busboy.on('field', (name, value, nameCut, valueCut) => reading.takeText({ name, value, cut: nameCut || valueCut }));
    busboy.on('file', (field, stream, name, _encoding, mediaType) => reading.takeFile({ field, stream, name, mediaType }));
    busboy.on('partsLimit', () => reading.fail(invalid(`the multipart body has more than ${partBound} parts`)));
    busboy.on('error', (error: unknown) => reading.fail(invalid(`the multipart body is malformed: ${(error as Error).message}`)));
    busboy.on('finish', resolve);
    counter.on('error', (error) => reading.fail(error));
    request.raw.once('close', () => !request.raw.readableEnded && reading.fail(invalid('the multipart body broke off')));
    request.raw.pipe(counter).pipe(busboy);
  });
  return reading.finish();
}

function newBusboy(request: FastifyRequest): BusboyInstance {
  try {
    const busboy = new Busboy({
      headers: { ...request.headers, 'content-type': request.givenContentType } as BusboyHeaders,
      preservePath: true,
      limits: { parts: partBound, fieldSize: textBytesBound },
    });
    mendNames(busboy);
    return busboy;
  } catch (error) {
    throw invalid(`the multipart body is malformed: ${(error as Error).message}`);
  }
}

function invalid(message: string): CodedError {
  return new CodedError('invalid_request', message);
}

/** The parts that have arrived so far; the first failure wins. */
class FormReading {
  onFailure: () => void = () => {};
  private readonly texts = new Map<string, string[]>();
  private readonly files: FilePart[] = [];
  private readonly open: { stream: BusboyFileStream; written: Promise<void> }[] = [];
  private textBytes = 0;
  private failure: Error | undefined;

  constructor(
    private readonly folder: string,
    private readonly digested: boolean,
  ) {}

  fail(error: Error): void {
    this.failure ??= error;
    for (const { stream } of this.open) stream.destroy();
    this.onFailure();
  }

  takeText({ name, value, cut }: { name: string; value: string; cut: boolean }): void {
    this.textBytes += Buffer.byteLength(name) + Buffer.byteLength(value);
    if (cut || this.textBytes > textBytesBound) return this.fail(invalid(`the text parts together have more than ${textBytesBound} bytes`));
    this.texts.set(name, [...(this.texts.get(name) ?? []), value]);
  }

  /** Listens to errors of the part at once, before any other step. */
  takeFile({ field, stream, name, mediaType }: { field: string; stream: BusboyFileStream; name: string; mediaType: string }): void {
    stream.on('error', (error) => this.fail(invalid(`the part '${field}' broke off: ${error.message}`)));
    if (name === '') return this.takeNothing(field, stream);
    const fault = fileNameFault(name ?? '');
    if (fault || this.failure) {
      stream.resume();
      return this.fail(invalid(`the file name '${name}' of the part '${field}' ${fault}`));
    }
    const part: FilePart = { field, name, mediaType, path: `${this.folder}/${this.files.length}`, bytes: 0, digest: null };
    this.files.push(part);
    const written = spool(stream, part.path, { boundBytes: Number.POSITIVE_INFINITY, digested: this.digested }).then(
      (spooled) => void Object.assign(part, spooled),
    );
    written.catch((error) => this.fail(error));
    this.open.push({ stream, written });
  }

  /** A browser sends a part without a name and without bytes for a field in which no file was chosen: that is no file. */
  private takeNothing(field: string, stream: BusboyFileStream): void {
    stream.on('data', () => this.fail(invalid(`the file name '' of the part '${field}' is empty`)));
  }

  async finish(): Promise<Form> {
    await Promise.allSettled(this.open.map(({ written }) => written));
    if (this.failure) throw this.failure;
    return { texts: this.texts, files: this.files, digest: this.digested ? this.digest() : null };
  }

  private digest(): string {
    const parts = this.files.map(({ field, name, digest }) => [field, name, digest]);
    return hash('sha256', JSON.stringify([[...this.texts], parts]), 'hex');
  }
}
