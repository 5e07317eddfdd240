// The faults of a definition or of values: what is wrong and where, all at once, but not more than people can read.
import { CodedError } from '../model/coded-error.js';
import type { ErrorCode } from '../model/error-codes.js';

export interface Fault {
  /** The place of the fault, such as `argv[2]` or `input_adapter.input_parameters.tcp_port`. */
  path: string;
  message: string;
}

/** The first faults, and the number of further ones. */
export interface FaultList {
  faults: Fault[];
  more: number;
}

export const listedFaults = 100;
const pathBound = 200;
const messageBound = 400;
const namesBound = 300;

export function listFaults(found: Iterable<Fault>): FaultList {
  const list: FaultList = { faults: [], more: 0 };
  for (const { path, message } of found) {
    if (list.faults.length < listedFaults) list.faults.push({ path: cut(path, pathBound), message: cut(message, messageBound) });
    else list.more++;
  }
  return list;
}

export function joinFaults(lists: FaultList[]): FaultList {
  const { faults, more } = listFaults(lists.flatMap((list) => list.faults));
  return { faults, more: lists.reduce((sum, list) => sum + list.more, more) };
}

export function invalidDefinition(list: FaultList): CodedError {
  return withFaults('invalid_definition', list, ({ path, message }) => (path ? `${path}: ${message}` : message));
}

export function invalidParameters(list: FaultList): CodedError {
  return withFaults('invalid_parameters', list, ({ path, message }) => (path ? `parameter '${path}' ${message}` : message));
}

function withFaults(code: ErrorCode, { faults, more }: FaultList, said: (fault: Fault) => string): CodedError {
  const intro = code === 'invalid_definition' ? 'The definition is not valid. ' : '';
  const rest = more > 0 ? `; and ${more} more` : '';
  return new CodedError(code, `${intro}${faults.map(said).join('; ')}${rest}`, { faults, ...(more > 0 && { more_faults: more }) });
}

/** Names for people, separated by commas; if there are many, only the first ones and the total number. */
export function someNames(names: string[]): string {
  const text = names.slice(0, namesBound).join(', ');
  return text.length > namesBound ? `${text.slice(0, namesBound)}… (${names.length} in all)` : text;
}

export function cut(text: string, bound: number): string {
  return text.length > bound ? `${text.slice(0, bound)}…`.toWellFormed() : text;
}
