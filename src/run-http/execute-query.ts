// Reads the query string of execute/: reserved names, and parameters of the definition.

import { isObject, parseJson } from '../http/json-body.js';
import { priorityRange, type Range, textWithin, timeoutRange } from '../model/bounds.js';
import { CodedError } from '../model/coded-error.js';
import { declaredParameters, type ParameterSchema, type ProcessDefinition } from '../model/definition.js';
import { fileNameFault } from '../model/file-names.js';

export interface ExecuteQuery {
  parameters: Record<string, unknown>;
  inputName?: string;
  outputName?: string;
  stream: boolean;
  timeoutMs?: number;
  priority?: number;
}

const reserved = ['input_file', 'output_file', 'stream', 'timeout', 'priority'];

export function readExecuteQuery(query: URLSearchParams, definition: ProcessDefinition): ExecuteQuery {
  const names = [...new Set(query.keys())].filter((name) => !reserved.includes(name));
  const secret = names.find((name) => declaredParameters(definition)[name]?.secret);
  if (secret) {
    const message = `parameter '${secret}' is secret and must not be part of an address; send it as a part of multipart/form-data`;
    throw new CodedError('invalid_parameters', message);
  }
  const seconds = number(query, 'timeout', { ...timeoutRange, form: /^\d{1,20}(\.\d{1,20})?$/ });
  return {
    parameters: Object.fromEntries(names.map((name) => [name, givenValue(definition, name, query.getAll(name))])),
    inputName: fileName(query, 'input_file'),
    outputName: fileName(query, 'output_file'),
    stream: query.get('stream') === '1',
    timeoutMs: seconds === undefined ? undefined : seconds * 1000,
    priority: number(query, 'priority', { ...priorityRange, form: /^-?\d{1,20}$/ }),
  };
}

/** The text of a caller as a value for the schema: a repeated name is a list, and lists and objects may be JSON. */
export function givenValue(definition: ProcessDefinition, name: string, texts: string[]): unknown {
  const schema: ParameterSchema | undefined = declaredParameters(definition)[name];
  const [only] = texts;
  if (texts.length > 1) return texts;
  if (schema?.type === 'object' || (schema?.type === 'array' && only.trimStart().startsWith('['))) {
    const value = parseJson(only);
    if (isObject(value) || Array.isArray(value)) return value;
  }
  return only;
}

function fileName(query: URLSearchParams, name: string): string | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  const fault = fileNameFault(value);
  if (fault) throw new CodedError('invalid_request', `${name} '${value}' ${fault}`);
  return value;
}

function number(query: URLSearchParams, name: string, range: Range & { form: RegExp }): number | undefined {
  const text = query.get(name);
  return text === null ? undefined : textWithin(name, text, range);
}
