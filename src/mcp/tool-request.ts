// The arguments of a call as the request for a run.
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { type Fault, invalidParameters } from '../definitions/faults.js';
import { isObject } from '../http/json-body.js';
import { chooseOutput } from '../model/adapter-choice.js';
import { CodedError } from '../model/coded-error.js';
import { declaredParameters, takesFiles } from '../model/definition.js';
import type { Principal } from '../model/roles.js';
import { inlineMessageBytes, type UploadedFile } from '../model/run-order.js';
import { extensionOf } from '../results/content-type.js';
import { asksForMessage } from '../run-http/message-remark.js';
import { isSource, RunSources, refuseManyFiles, runOfSource } from '../run-http/run-sources.js';
import type { RunRequest } from '../runs/run-request.js';
import { Runs } from '../runs/runs.js';
import { messageNames } from './message-names.js';
import { type OpenTool, Tools } from './tools.js';

export type Arguments = Record<string, unknown>;

type Message = Pick<RunRequest, 'message' | 'inputFile'>;

export interface Asking {
  caller: Principal;
  tool: OpenTool;
  given: Arguments;
  runId: string;
}

@Injectable()
export class ToolRequests {
  constructor(
    private readonly sources: RunSources,
    private readonly runs: Runs,
    private readonly tools: Tools,
  ) {}

  /** Copies the message and the files below the id of the run. Throws invalid_parameters, and what references throw. */
  async read({ caller, tool, given, runId }: Asking): Promise<RunRequest> {
    const { row, content } = tool;
    const names = messageNames(content);
    const files = givenFiles(tool, given);
    refuseManyFiles(files.length);
    await this.refuseOtherRuns(caller, files);
    const own: string[] = names === null ? [] : Object.values(names);
    const parameters = Object.fromEntries(Object.entries(given).filter(([name]) => !own.includes(name)));
    const message = await this.message({ caller, tool, given, runId });
    const texts = await this.textFiles(tool, parameters, runId);
    const request: RunRequest = {
      runId,
      definition: row,
      content,
      ...texts,
      ...message,
      live: null,
      outputFile: { extension: extensionOf(chooseOutput(content).parameters.content_type as string | undefined) },
      synchronous: true,
    };
    return this.sources.place(caller, request);
  }

  /** A token for some tools has no business with the runs of others. */
  private async refuseOtherRuns(caller: Principal, files: unknown[]): Promise<void> {
    if (!caller.tools) return;
    const isCovered = await this.tools.coverage(caller);
    for (const value of new Set(files)) {
      const id = runOfSource(value);
      const row = id === undefined ? null : await this.runs.recorded(id);
      if (row && !isCovered(row.definitionId)) throw new CodedError('not_found', `there is no run ${id}`);
    }
  }

  private async message({ caller, tool: { content }, given, runId }: Asking): Promise<Message> {
    const names = messageNames(content);
    const used = names ? Object.values(names).filter((name) => given[name] !== undefined) : [];
    if (!names || used.length === 0) {
      if (names && asksForMessage(content)) throw fault(names.text, `is missing; ${names.base64} or ${names.from} may stand in its place`);
      return { message: { kind: 'none' }, inputFile: {} };
    }
    const [name] = used;
    const value = given[name];
    if (used.length > 1) throw fault(used[1], `cannot be given together with ${name}`);
    if (typeof value !== 'string') throw fault(name, 'must be a text');
    if (name === names.from) return this.messageFrom(caller, runId, value);
    return { message: await this.stored(runId, name === names.text ? Buffer.from(value) : bytesOf(name, value)), inputFile: {} };
  }

  private async messageFrom(caller: Principal, runId: string, value: string): Promise<Message> {
    const { message, name, mediaType } = await this.sources.message(caller, runId, value);
    return { message, inputFile: { extension: /\.([A-Za-z0-9]{1,16})$/.exec(name)?.[1] ?? extensionOf(mediaType) } };
  }

  private async stored(runId: string, bytes: Buffer): Promise<RunRequest['message']> {
    if (bytes.length <= inlineMessageBytes) return { kind: 'inline', base64: bytes.toString('base64') };
    const { path } = await this.sources.spool.message(runId, Readable.from([bytes]));
    return { kind: 'file', path, bytes: bytes.length };
  }

  /** The values of file parameters that are not references are the content of text files. */
  private async textFiles({ content }: OpenTool, given: Arguments, runId: string): Promise<Pick<RunRequest, 'parameters' | 'uploads'>> {
    const declared = declaredParameters(content);
    const uploads: UploadedFile[] = [];
    const parameters: Arguments = {};
    for (const [name, value] of Object.entries(given)) {
      const values = [value].flat();
      const texts = takesFiles(declared[name]) ? values.filter((one): one is string => typeof one === 'string' && !isSource(one)) : [];
      if (texts.length === 0) parameters[name] = value;
      else if (texts.length < values.length) parameters[name] = values.filter((one) => !texts.includes(one as string));
      for (const text of texts) {
        const index = uploads.length;
        const { path } = await this.sources.spool.file(runId, `text-${index}`, Readable.from([Buffer.from(text)]));
        uploads.push({ path, name: index === 0 ? 'file.txt' : `file-${index}.txt`, parameter: name });
      }
    }
    return { parameters, uploads };
  }
}

/** The values that stand for files, and what the message is copied from. */
function givenFiles({ content }: OpenTool, given: Arguments): unknown[] {
  const declared = declaredParameters(content);
  const from = messageNames(content)?.from;
  return Object.entries(given).flatMap(([name, value]) => (name === from || takesFiles(declared[name]) ? [value].flat() : []));
}

/** Throws invalid_parameters. */
export function argumentsOf(value: unknown): Arguments {
  if (value === undefined || value === null) return {};
  if (isObject(value)) return value;
  throw fault('arguments', 'must be an object');
}

function bytesOf(name: string, text: string): Buffer {
  const plain = text.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(plain) || plain.length % 4 === 1) throw fault(name, 'must be base64');
  return Buffer.from(plain, 'base64');
}

function fault(path: string, message: string): Error {
  const faults: Fault[] = [{ path, message }];
  return invalidParameters({ faults, more: 0 });
}
