// Decides what a run keeps of its input, so that it can be repeated: its message and its files, up to a size.
import { chmod, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { controlDirectory } from '../model/control-directory.js';
import { declaredParameters, isService, type ProcessDefinition } from '../model/definition.js';
import type { FileHint, Interaction, RunOrder, UploadedFile } from '../model/run-order.js';
import type { MessageCopy } from './message-copy.js';
import type { RunEntity } from './run.entity.js';

/** The most files of one run that are kept, since their names stand in the record. */
const fileBound = 1000;

/** The column `keptInput`. Paths are relative to the control directory of the run. */
export interface KeptInput {
  message?: { base64: string } | { path: string };
  uploads?: UploadedFile[];
  inputFile?: FileHint;
  outputFile?: FileHint;
  interactive?: Interaction;
  /** Of a run without a stored definition. */
  command?: ProcessDefinition;
}

export type InputColumns = Pick<RunEntity, 'inputBytes' | 'keptInput'>;

/** Whether the run is one of a definition, or of a command by the API of runs; those of older interfaces, services and definitions that were not saved are not repeated. */
export function isRepeatable({ definitionId, definition, trial, dropFiles, hostNetwork }: RunOrder): boolean {
  return !isService(definition) && (definitionId !== null || !(trial || dropFiles || hostNetwork));
}

/** The columns of a run of a definition that has neither a message nor files, known from its start; undefined for any other run. */
export function emptyInput(order: RunOrder): InputColumns | undefined {
  const { message, uploads, definitionId, inputFile, outputFile, interactive } = order;
  if (message.kind !== 'none' || uploads.length > 0 || definitionId === null || isService(order.definition)) return undefined;
  const isPlain = !(named(inputFile) || named(outputFile) || interactive);
  return isPlain ? { inputBytes: 0 } : { inputBytes: 0, keptInput: JSON.stringify(surroundings(order)) };
}

/** What a repetition needs besides the message and the files. */
function surroundings({ inputFile, outputFile, interactive, definitionId, definition }: RunOrder): KeptInput {
  const command = definitionId === null ? definition : undefined;
  return { inputFile: named(inputFile), outputFile: named(outputFile), interactive, command };
}

function named(hint: FileHint): FileHint | undefined {
  return hint.name || hint.extension ? hint : undefined;
}

/** The input of a run that has ended. `copy`: of its live message; null: there is none. */
export interface EndedInput {
  order: RunOrder;
  copy: MessageCopy | null;
  /** DATA_DIR/runs. */
  runsRoot: string;
  boundBytes: number;
}

/** The columns of a run that has ended, and has a message or files; at once when it has no files, as most runs. Never rejects. */
export function endedInput(input: EndedInput): InputColumns | Promise<InputColumns> {
  if (input.copy && !input.copy.isWhole) input.copy.destroy();
  if (!mayBeKept(input)) return notKept;
  const { message } = input.order;
  const bytes = message.kind === 'inline' ? Buffer.byteLength(message.base64, 'base64') : (input.copy?.bytes ?? 0);
  const paths = filesOf(input.order);
  return paths.length === 0 ? columnsOf(input, bytes) : withFiles(input, { bytes, paths }).catch(() => notKept);
}

async function withFiles(input: EndedInput, { bytes, paths }: { bytes: number; paths: string[] }): Promise<InputColumns> {
  const { message } = input.order;
  const known = message.kind === 'file' ? message : undefined;
  let sum = bytes;
  for (const path of paths) {
    sum += (path === known?.path && known.bytes) || (await stat(path)).size;
    if (sum > input.boundBytes) return notKept;
  }
  // the launcher has lent it to the run user
  if (message.kind === 'file') await chmod(message.path, 0o600);
  return columnsOf(input, sum);
}

const notKept: InputColumns = { inputBytes: null };

function columnsOf(input: EndedInput, inputBytes: number): InputColumns {
  return inputBytes > input.boundBytes ? notKept : { inputBytes, keptInput: JSON.stringify(keptInput(input)) };
}

function mayBeKept({ order: { message, uploads, definition, definitionId }, copy, boundBytes }: EndedInput): boolean {
  const isEmpty = message.kind === 'none' && uploads.length === 0 && definitionId !== null;
  if ((boundBytes === 0 && !isEmpty) || uploads.length > fileBound || (message.kind === 'live' && !copy?.isWhole)) return false;
  if (definitionId === null && JSON.stringify(definition).length > boundBytes) return false;
  const declared = declaredParameters(definition);
  return !uploads.some(({ parameter }) => parameter !== undefined && declared[parameter]?.secret);
}

function filesOf({ message, uploads }: RunOrder): string[] {
  const paths = uploads.filter(({ folder }) => !folder).map(({ path }) => path);
  if (message.kind === 'file') paths.push(message.path);
  return paths;
}

function keptInput({ order, runsRoot }: EndedInput): KeptInput {
  const { path: folder, message: ownPath } = controlDirectory(runsRoot, order.runId);
  const { message } = order;
  const uploads = order.uploads.map((one) => ({ ...one, path: relative(folder, one.path) }));
  const kept = { ...surroundings(order), ...(uploads.length > 0 && { uploads }) };
  if (message.kind === 'none') return kept;
  if (message.kind === 'inline') return { ...kept, message: { base64: message.base64 } };
  return { ...kept, message: { path: relative(folder, message.kind === 'file' ? message.path : ownPath) } };
}
