// What lies on the server as the message and the files of a new run: run:ID/output and run:ID/files/PATH of earlier runs, and upload:ID.
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { messageTooLarge } from '../http/spool.js';
import { CodedError } from '../model/coded-error.js';
import { declaredParameters, isFileList, takesFiles } from '../model/definition.js';
import type { Principal } from '../model/roles.js';
import type { MessageSource } from '../model/run-order.js';
import { extensionOf, typeByName } from '../results/content-type.js';
import { Outputs } from '../results/outputs.js';
import { FilesOfRuns } from '../runs/files-of-runs.js';
import { MessageStorage } from '../runs/message-storage.js';
import type { RunEntity } from '../runs/run.entity.js';
import type { RunRequest } from '../runs/run-request.js';
import { Runs } from '../runs/runs.js';
import { MessageSpool } from './message-spool.js';

const form = /^run:([0-9a-f-]{36})\/(?:output|files\/(.+))$/;
const uploadForm = /^upload:([A-Za-z0-9_-]{1,64})$/;
/** As many as a form may have parts. */
const filesBound = 1000;
const shownBound = 200;

/** What a value names; `content` is open, and is read to its end. */
interface RunSource {
  name: string;
  mediaType?: string;
  content: Readable;
}

@Injectable()
export class RunSources {
  constructor(
    private readonly runs: Runs,
    private readonly files: FilesOfRuns,
    private readonly outputs: Outputs,
    readonly spool: MessageSpool,
    readonly storage: MessageStorage,
  ) {}

  /** Copies the message of the run `runId` from what `value` names. Throws not_found, output_gone, run_active, message_too_large. */
  async message(caller: Principal, runId: string, value: string): Promise<{ message: MessageSource; name: string; mediaType?: string }> {
    const { name, mediaType, content } = await this.open(caller, 'message_from', value);
    const { path, bytes } = await this.spool.message(runId, content);
    return { message: { kind: 'file', path, bytes }, name, mediaType };
  }

  /** The request with copies of what the values of its file parameters name. Throws as `message` does, and invalid_parameters. */
  async place<Request extends RunRequest>(caller: Principal, request: Request): Promise<Request> {
    const named = namedValues(request);
    if (named.length === 0) return request;
    const uploads = [...request.uploads];
    let bytes = 0;
    for (const [index, { parameter, value }] of named.entries()) {
      const { name, content } = await this.open(caller, `parameter '${parameter}'`, value);
      const copy = await this.spool.file(request.runId, `of-run-${index}`, content);
      bytes += copy.bytes;
      if (bytes > this.spool.messageBytes) throw messageTooLarge(this.spool.messageBytes);
      uploads.push({ path: copy.path, name, parameter });
    }
    const placed = new Set(named.map(({ parameter }) => parameter));
    const parameters = Object.fromEntries(Object.entries(request.parameters).filter(([name]) => !placed.has(name)));
    return { ...request, parameters, uploads };
  }

  private async open(caller: Principal, what: string, value: string): Promise<RunSource> {
    const shown = `${what} '${value.slice(0, shownBound)}'`.toWellFormed();
    const [, upload] = uploadForm.exec(value) ?? [];
    const [, id, path] = form.exec(value) ?? [];
    if (id === undefined && upload === undefined)
      throw new CodedError('invalid_request', `${shown} must be run:ID/output, run:ID/files/PATH or upload:ID`);
    try {
      if (id === undefined) return await this.spool.sentAhead.open(caller.userId, upload);
      const row = await this.runs.find(caller, id);
      if (row.state !== 'finished') throw new CodedError('run_active', `the run has not ended; it is ${row.state}`);
      return path === undefined ? await this.output(row) : await this.file(caller, id, path);
    } catch (error) {
      throw error instanceof CodedError ? new CodedError(error.code, `${shown}: ${error.message}`) : error;
    }
  }

  private async output({ id, outputSource: source, outputBytes, outputName, outputType }: RunEntity): Promise<RunSource> {
    if (source === null) throw new CodedError('output_gone', 'the run has no output');
    const place = { runId: id, source, bytes: outputBytes ?? 0 };
    this.outputs.check(place);
    const mediaType = outputType ?? undefined;
    const name = outputName ?? ['output', extensionOf(mediaType)].filter(Boolean).join('.');
    return { name, mediaType, content: await this.outputs.open(place) };
  }

  private async file(caller: Principal, id: string, path: string): Promise<RunSource> {
    const file = await (await this.files.reading(caller, id)).open(path);
    const name = basename(path);
    return { name, mediaType: typeByName(name) ?? undefined, content: file.read() };
  }
}

/** Whether a value names what lies on the server. */
export function isSource(value: unknown): value is string {
  return typeof value === 'string' && /^(run|upload):/.test(value);
}

/** The run whose output or file a value names. */
export function runOfSource(value: unknown): string | undefined {
  return typeof value === 'string' ? form.exec(value)?.[1] : undefined;
}

/** Each file of a request is copied. Throws invalid_parameters. */
export function refuseManyFiles(count: number): void {
  if (count > filesBound) throw new CodedError('invalid_parameters', `at most ${filesBound} files may be given, got ${count}`);
}

/** The values of file parameters that name what runs have left; other values are left for the check of the parameters. */
function namedValues({ content, parameters, uploads }: RunRequest): { parameter: string; value: string }[] {
  const declared = declaredParameters(content);
  const named = Object.entries(parameters).flatMap(([parameter, given]) => {
    const values = [given].flat();
    if (!takesFiles(declared[parameter]) || !values.every(isSource)) return [];
    const count = values.length + uploads.filter((upload) => upload.parameter === parameter).length;
    if (count > 1 && !isFileList(declared[parameter]))
      throw new CodedError('invalid_parameters', `parameter '${parameter}' can have only one file, got ${count}`);
    return values.map((value) => ({ parameter, value }));
  });
  refuseManyFiles(named.length);
  return named;
}
