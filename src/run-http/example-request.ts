// The request for a run of one example of a definition: its message, its parameters, and the files that are values of parameters.
import { Readable } from 'node:stream';
import { exampleMessageFault } from '../definitions/example-faults.js';
import { chooseInput, isNone } from '../model/adapter-choice.js';
import { CodedError } from '../model/coded-error.js';
import {
  type Content,
  contentBytes,
  type DefinitionExample,
  declaredParameters,
  isFileList,
  type ProcessDefinition,
  takesFiles,
} from '../model/definition.js';
import { fileNameFault } from '../model/file-names.js';
import type { UploadedFile } from '../model/run-order.js';
import { emptyRequest, type RunRequest } from '../runs/run-request.js';
import { type RunSources, refuseManyFiles } from './run-sources.js';

/** What runs: a stored definition, or with `trial` one that is not saved. */
export type Tested = Pick<RunRequest, 'definition' | 'content' | 'trial'>;

interface ExampleFile {
  name: string;
  bytes: Buffer;
}

/** The files are spooled under `runId`. Throws invalid_parameters and message_not_taken. */
export async function exampleRequest(
  { definition, content, trial }: Tested,
  { message, parameters = {} }: DefinitionExample,
  { sources, runId }: { sources: RunSources; runId: string },
): Promise<RunRequest> {
  if (message !== undefined && isNone(chooseInput(content))) throw new CodedError('message_not_taken', exampleMessageFault);
  const declared = declaredParameters(content);
  const files = filesOf(content, parameters);
  refuseManyFiles(files.length);
  const texts = Object.entries(parameters).filter(([name]) => !takesFiles(declared[name]));
  return {
    ...emptyRequest(),
    runId,
    definition,
    content,
    trial,
    parameters: Object.fromEntries(texts),
    uploads: await placed(sources, runId, files),
    message: await sources.storage.keep(runId, message === undefined ? undefined : contentBytes(message)),
    synchronous: true,
    record: { trigger: JSON.stringify({ type: 'selftest' }), definitionName: content.name ?? null },
  };
}

async function placed(sources: RunSources, runId: string, files: (ExampleFile & { parameter: string })[]): Promise<UploadedFile[]> {
  const uploads: UploadedFile[] = [];
  for (const [index, { parameter, name, bytes }] of files.entries()) {
    const { path } = await sources.spool.file(runId, `example-${index}`, Readable.from([bytes]));
    uploads.push({ path, name, parameter });
  }
  return uploads;
}

function filesOf(content: ProcessDefinition, parameters: Record<string, unknown>): (ExampleFile & { parameter: string })[] {
  const declared = declaredParameters(content);
  return Object.entries(parameters).flatMap(([parameter, given]) => {
    if (!takesFiles(declared[parameter])) return [];
    if (Array.isArray(given) && !isFileList(declared[parameter])) throw notFile(parameter);
    return [given].flat().map((one) => ({ parameter, ...fileOf(parameter, one) }));
  });
}

function fileOf(parameter: string, value: unknown): ExampleFile {
  if (typeof value === 'string') return { name: parameter, bytes: Buffer.from(value) };
  if (typeof value !== 'object' || value === null) throw notFile(parameter);
  const { name = parameter, text, base64 } = value as Record<string, unknown>;
  const content = text ?? (base64 === undefined ? undefined : { base64 });
  if (typeof name !== 'string' || (typeof content !== 'string' && typeof base64 !== 'string')) throw notFile(parameter);
  const fault = fileNameFault(name);
  if (fault) throw new CodedError('invalid_parameters', `parameter '${parameter}': the name '${name}' ${fault}`);
  return { name, bytes: contentBytes(content as Content) };
}

function notFile(parameter: string): CodedError {
  return new CodedError(
    'invalid_parameters',
    `parameter '${parameter}' is a file: in an example a text, or {"name": "a.csv", "text": "..."} or {"name": "a.wav", "base64": "..."}`,
  );
}
