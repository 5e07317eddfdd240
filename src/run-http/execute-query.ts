// Reads the query string of execute/: the switches of the server, which begin with a dash, and parameters of the definition.

import { isObject, parseJson } from '../http/json-body.js';
import { priorityRange, type Range, secondsForm, textWithin, timeoutRange } from '../model/bounds.js';
import { CodedError } from '../model/coded-error.js';
import { declaredParameters, type ParameterSchema, type ProcessDefinition } from '../model/definition.js';
import { fileNameFault } from '../model/file-names.js';

export interface ExecuteQuery {
  parameters: Record<string, unknown>;
  inputName?: string;
  outputName?: string;
  /** What the message is copied from, such as run:ID/output. */
  messageFrom?: string;
  stream: boolean;
  timeoutMs?: number;
  priority?: number;
}

/** The switches, given as `-timeout`; the plain ones also without the dash where the definition declares no parameter of that name. */
const plainSwitches = ['input_file', 'output_file', 'stream', 'timeout', 'priority'];
const switches = [...plainSwitches, 'message_from'];

export function readExecuteQuery(query: URLSearchParams, definition: ProcessDefinition): ExecuteQuery {
  const { ours, names } = sortNames([...new Set(query.keys())], definition);
  const secret = names.find((name) => declaredParameters(definition)[name]?.secret);
  if (secret) {
    const message = `parameter '${secret}' is secret and must not be part of an address; send it as a part of multipart/form-data`;
    throw new CodedError('invalid_parameters', message);
  }
  const given = (name: string): Given => ({ name: ours.get(name) ?? name, text: query.get(ours.get(name) ?? '') });
  const seconds = number(given('timeout'), { ...timeoutRange, form: secondsForm });
  return {
    parameters: Object.fromEntries(names.map((name) => [name, givenValue(definition, name, query.getAll(name))])),
    inputName: fileName(given('input_file')),
    outputName: fileName(given('output_file')),
    messageFrom: given('message_from').text ?? undefined,
    stream: given('stream').text === '1',
    timeoutMs: seconds === undefined ? undefined : seconds * 1000,
    priority: number(given('priority'), { ...priorityRange, form: /^-?\d{1,20}$/ }),
  };
}

/** `ours`: the names under which switches were given; `names`: those of parameters. Throws invalid_request for an unknown switch. */
function sortNames(all: string[], definition: ProcessDefinition): { ours: Map<string, string>; names: string[] } {
  const declared = declaredParameters(definition);
  const unknown = all.find((name) => name.startsWith('-') && !switches.includes(name.slice(1)));
  if (unknown !== undefined) {
    const known = switches.map((name) => `-${name}`).join(', ');
    throw new CodedError('invalid_request', `unknown switch '${unknown.slice(0, 80)}'; allowed: ${known}`);
  }
  const plain = plainSwitches.filter((name) => all.includes(name) && !Object.hasOwn(declared, name));
  const dashed = switches.filter((name) => all.includes(`-${name}`));
  const names = all.filter((name) => !name.startsWith('-') && !plain.includes(name));
  return { ours: new Map([...plain.map((name) => [name, name] as const), ...dashed.map((name) => [name, `-${name}`] as const)]), names };
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

/** A switch as it was given; `text` is null where it was not. */
interface Given {
  name: string;
  text: string | null;
}

function fileName({ name, text }: Given): string | undefined {
  if (text === null) return undefined;
  const fault = fileNameFault(text);
  if (fault) throw new CodedError('invalid_request', `${name} '${text}' ${fault}`);
  return text;
}

function number({ name, text }: Given, range: Range & { form: RegExp }): number | undefined {
  return text === null ? undefined : textWithin(name, text, range);
}
