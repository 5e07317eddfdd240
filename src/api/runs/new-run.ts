// The body of POST /api/run/: a stored definition or an ad hoc command, the message and the parameters.
import { constants } from 'node:os';
import { shownJson } from '../../definitions/shown-json.js';
import { validateDefinition } from '../../definitions/validate-definition.js';
import { isObject } from '../../http/json-body.js';
import { numberWithin, pauseRange, priorityRange, timeoutRange } from '../../model/bounds.js';
import { CodedError } from '../../model/coded-error.js';
import type { ProcessDefinition } from '../../model/definition.js';
import { suggestions } from '../../model/near-names.js';
import { escapeTemplate } from '../../model/placeholders.js';
import type { Principal } from '../../model/roles.js';
import type { Interaction } from '../../model/run-order.js';
import { interactionOf } from '../../run-http/interaction.js';

export interface NewRun {
  /** The id, resource_uri or name of the definition; undefined: `command` says what runs. */
  definition?: string;
  command?: ProcessDefinition;
  message?: Buffer;
  /** What the message is copied from, such as run:ID/output. */
  messageFrom?: string;
  parameters: Record<string, unknown>;
  start: boolean;
  interactive?: Interaction;
  timeoutMs?: number;
  priority?: number;
}

const ownKeys = ['definition', 'message', 'message_base64', 'message_from', 'parameters', 'start', 'priority'];
const keysWithDefinition = [...ownKeys, 'timeout', 'interactive', 'tty'];

/** Throws invalid_request, and invalid_definition for a command with faults. */
export async function readNewRun(caller: Principal, body: Record<string, unknown>): Promise<NewRun> {
  const { definition, parameters = {}, start = true, priority, timeout, interactive, tty, ...rest } = body;
  const adHoc = 'exec' in body;
  if (adHoc === (definition !== undefined)) throw invalid('the body must have either definition, or exec for an ad hoc command');
  if (!isObject(parameters)) throw invalid(`parameters must be an object, got ${shownJson(parameters)}`);
  if (typeof start !== 'boolean') throw invalid(`start must be true or false, got ${shownJson(start)}`);
  if (priority !== undefined && !Number.isInteger(numberWithin('priority', priority, priorityRange)))
    throw invalid(`priority must be a whole number, got ${priority}`);
  if (timeout !== undefined) numberWithin('timeout (seconds)', timeout, timeoutRange);
  const common = {
    message: messageOf(body),
    messageFrom: messageFromOf(body),
    parameters,
    start,
    interactive: interactionOf({ interactive, tty }),
    priority: priority as number | undefined,
  };
  if (adHoc) return { ...common, command: await commandOf(caller, { ...rest, ...(timeout !== undefined && { timeout }) }) };
  const unknown = Object.keys(rest).find((key) => !ownKeys.includes(key));
  if (unknown !== undefined)
    throw invalid(`unknown key '${unknown}'${suggestions(keysWithDefinition)(unknown)}; allowed: ${keysWithDefinition.join(', ')}`);
  return { ...common, definition: referenceOf(definition), timeoutMs: timeout === undefined ? undefined : Number(timeout) * 1000 };
}

function invalid(detail: string): CodedError {
  return new CodedError('invalid_request', detail);
}

function referenceOf(definition: unknown): string {
  if (typeof definition === 'string' || typeof definition === 'number') return String(definition);
  throw invalid(`definition must be an id, a resource_uri or a name, got ${shownJson(definition)}`);
}

function messageOf({ message, message_base64: base64 }: Record<string, unknown>): Buffer | undefined {
  if (message !== undefined && base64 !== undefined) throw invalid('the body may have message or message_base64, but not both');
  if (message !== undefined && typeof message !== 'string')
    throw invalid(`message must be a string, got ${shownJson(message)}; send bytes as message_base64`);
  if (base64 === undefined) return message === undefined ? undefined : Buffer.from(message as string);
  if (typeof base64 !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) throw invalid('message_base64 must be a string in base64');
  return Buffer.from(base64, 'base64');
}

function messageFromOf({ message, message_base64: base64, message_from: from }: Record<string, unknown>): string | undefined {
  if (from === undefined) return undefined;
  if (message !== undefined || base64 !== undefined) throw invalid('the body may have a message or message_from, but not both');
  if (typeof from !== 'string') throw invalid(`message_from must be a string such as run:ID/output, got ${shownJson(from)}`);
  return from;
}

/** The argv and environment of a command are passed as they are: what would be a placeholder in a definition is plain text. */
function commandOf(caller: Principal, content: Record<string, unknown>): Promise<ProcessDefinition> {
  const { message: _message, message_base64: _base64, message_from: _from, argv, args, environment, cwd, ...rest } = content;
  const plain = (value: unknown) => (typeof value === 'string' ? escapeTemplate(value) : value);
  const list = argv ?? args;
  if (Array.isArray(list) && list.some((element) => typeof element !== 'string'))
    throw invalid('argv of an ad hoc command must be a list of strings');
  const plainly = {
    ...rest,
    ...(list !== undefined && { argv: Array.isArray(list) ? list.map(plain) : list }),
    ...(cwd !== undefined && { cwd: plain(cwd) }),
    ...(environment !== undefined && {
      environment: isObject(environment)
        ? Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, plain(value)]))
        : environment,
    }),
  };
  return validateDefinition(plainly, caller.userId);
}

/** The name of a signal as the system spells it: `TERM`, `SIGTERM` and 15 are the same. Undefined when no signal is given. */
export function signalOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).toUpperCase() : JSON.stringify(value);
  const names = Object.entries(constants.signals);
  const found = names.find(([name, number]) => name === text || name === `SIG${text}` || String(number) === text);
  if (found) return found[0];
  throw invalid(`unknown signal '${text.slice(0, 40)}'; allowed: ${names.map(([name]) => name.slice(3)).join(', ')}`);
}

/** Converts a grace in seconds to milliseconds; undefined when no grace is given. */
export function graceMsOf(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  return numberWithin('grace (seconds)', value, pauseRange) * 1000;
}
