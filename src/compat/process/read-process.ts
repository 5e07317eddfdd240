// Turns a request of the procaas interface into a run request: the command, its stdin, and the uploaded files.
import { hash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { idempotencyKeyOf, keyedRequest } from '../../http/idempotency-key.js';
import { readBounded } from '../../http/json-body.js';
import { readForm } from '../../http/multipart.js';
import { principalOf } from '../../http/request.js';
import { CodedError } from '../../model/coded-error.js';
import type { UploadedFile } from '../../model/run-order.js';
import { unpackArchive } from '../../results/unpack-archive.js';
import { MessageSpool } from '../../run-http/message-spool.js';
import { isolationOfCommands } from '../../runs/command-isolation.js';
import { MessageStorage } from '../../runs/message-storage.js';
import { PendingRunFiles } from '../../runs/pending-run-files.js';
import { emptyRequest, type RunRequest } from '../../runs/run-request.js';
import { type Command, ProcessDefaults, readCommand } from './command.js';

const encodedBytes = 2 ** 20;

interface SentParts {
  data: string | undefined;
  files: UploadedFile[];
  digest: string | null;
}

@Injectable()
export class ProcessRequests {
  constructor(
    readonly defaults: ProcessDefaults,
    private readonly spool: MessageSpool,
    private readonly created: PendingRunFiles,
    private readonly storage: MessageStorage,
  ) {}

  /** Reads the request; uploaded files are spooled under `runId`. */
  async read(request: FastifyRequest, runId: string): Promise<{ command: Command; run: RunRequest }> {
    const { data, files, digest } = await this.readParts(request, runId);
    const mediaType = request.givenContentType?.split(';')[0];
    const idempotency = keyedRequest(request, { mediaType, digest });
    const command = await readCommand(principalOf(request), data, this.defaults);
    const uploads = command.zipInput ? await this.unpack(files, runId) : files;
    const message = await this.storage.keep(runId, Buffer.from(command.stdin));
    return { command, run: { ...commandRun(command, request, runId), message, uploads, idempotency } };
  }

  private async readParts(request: FastifyRequest, runId: string): Promise<SentParts> {
    const type = request.givenContentType ?? '';
    if (/^application\/x-www-form-urlencoded\b/i.test(type)) {
      const text = (await readBounded(request, encodedBytes)).toString();
      return { data: new URLSearchParams(text).get('data') ?? undefined, files: [], digest: hash('sha256', text, 'hex') };
    }
    if (!/^multipart\/form-data\b/i.test(type))
      throw new CodedError('invalid_request', `this takes multipart/form-data with the part 'data', not '${type}'`);
    const form = await readForm(request, this.spool.uploads(runId), {
      boundBytes: this.spool.messageBytes,
      room: this.spool.room,
      digested: idempotencyKeyOf(request) !== null,
    });
    const names = form.files.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new CodedError('invalid_request', `there are several files named '${twice}'`);
    return { data: form.texts.get('data')?.[0], files: form.files.map(({ path, name }) => ({ path, name })), digest: form.digest };
  }

  /** The whole archive is checked before any of it is unpacked. */
  private async unpack(files: UploadedFile[], runId: string): Promise<UploadedFile[]> {
    if (files.length !== 1) throw new CodedError('invalid_request', 'Invalid zipInputMode, should be one zip file');
    const [{ path }] = files;
    const unpacked = await this.created.import(runId, (tree) => unpackArchive(path, tree, this.spool.messageBytes));
    await rm(unpacked.length > 0 ? path : this.spool.uploads(runId), { recursive: true });
    return unpacked;
  }
}

/** A run of this interface leaves its output and its log, but no files. */
export function commandRun({ content }: Pick<Command, 'content'>, request: FastifyRequest, runId: string): RunRequest {
  return {
    ...emptyRequest(),
    runId,
    definition: null,
    content,
    synchronous: true,
    dropFiles: true,
    isolation: isolationOfCommands(principalOf(request), content),
    trace: request.traceContext,
  };
}
