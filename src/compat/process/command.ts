// The field `data` of the procaas interface: the command, its input, and how its result is returned.
import { validateDefinition } from '../../definitions/validate-definition.js';
import { isObject, parseJson } from '../../http/json-body.js';
import { CodedError } from '../../model/coded-error.js';
import type { ProcessDefinition } from '../../model/definition.js';
import { relativePathFault, withoutEndingSlashes } from '../../model/file-names.js';
import { escapeTemplate } from '../../model/placeholders.js';
import type { Principal } from '../../model/roles.js';

const outputModes = ['stdout', 'chunkedStdout', 'zip', 'file'] as const;
export type OutputMode = (typeof outputModes)[number];

export interface Command {
  content: ProcessDefinition;
  stdin: string;
  zipInput: boolean;
  output: OutputMode;
}

/** The setting DEFAULT_OUTPUT_DIR_NAME. */
export class ProcessDefaults {
  constructor(readonly outputDir: string) {}
}

/** The original gives a program one second between TERM and KILL. */
const graceSeconds = 1;

/** Unknown fields are ignored, as in the original. Throws invalid_request, invalid_json, invalid_definition. */
export async function readCommand(caller: Principal, data: string | null | undefined, { outputDir }: ProcessDefaults): Promise<Command> {
  if (data === null || data === undefined) throw invalid("Can't get 'data' parameter");
  const value = parseJson(data);
  if (!isObject(value)) throw invalid('data must be a JSON object');
  const { outPutMode, outputMode = outPutMode } = value;
  const output = choice(outputMode, outputModes, 'Invalid output mode');
  const content = { ...programOf(value), ...adapterOf(output, folderOf(value.outputDir ?? outputDir)) };
  return {
    content: await validateDefinition(content, caller.userId),
    stdin: textOf(value.stdin),
    zipInput: flagOf(value.zipInputMode),
    output,
  };
}

/** The definition of the command; argv and environment are passed unchanged. */
function programOf({ cmd, envs, timeoutMillis, computation }: Record<string, unknown>): Record<string, unknown> {
  if (!Array.isArray(cmd) || cmd.length === 0 || cmd.some((part) => typeof part !== 'string'))
    throw invalid('cmd must be a list of strings, the program first');
  if (envs !== undefined && envs !== null && !isObject(envs)) throw invalid('envs must be an object of strings');
  const environment = Object.entries(envs ?? {}).map(([name, text]) => [name, typeof text === 'string' ? escapeTemplate(text) : text]);
  return {
    exec: cmd[0],
    argv: cmd.slice(1).map(escapeTemplate),
    environment: Object.fromEntries(environment),
    lane: choice(computation, ['io', 'cpu'], 'Invalid computation mode'),
    on_disconnect: 'stop',
    stop: { grace: graceSeconds },
    ...(timeoutMillis !== undefined && timeoutMillis !== null && { timeout: secondsOf(timeoutMillis) }),
  };
}

function adapterOf(output: OutputMode, directory: string): object {
  if (output === 'stdout' || output === 'chunkedStdout') return {};
  return { output_adapter: { output_type: 'directory', output_parameters: { directory, format: output, compress: false } } };
}

function choice<const Choice extends string>(value: unknown, known: readonly Choice[], sentence: string): Choice {
  if (value === undefined || value === null) return known[0];
  if ((known as readonly unknown[]).includes(value)) return value as Choice;
  throw invalid(`${sentence}: ${JSON.stringify(value)}; known are ${known.join(', ')}`);
}

function secondsOf(timeoutMillis: unknown): number {
  if (Number.isSafeInteger(timeoutMillis) && (timeoutMillis as number) >= 0) return (timeoutMillis as number) / 1000;
  throw invalid(`timeoutMillis must be a whole number of milliseconds, not ${JSON.stringify(timeoutMillis)}; 0: no timeout`);
}

function folderOf(value: unknown): string {
  const path = typeof value === 'string' ? withoutEndingSlashes(value.replace(/^(\.\/+)+/, '')) : '';
  const fault = typeof value === 'string' ? relativePathFault(path) : 'is no text';
  if (fault) throw invalid(`the outputDir ${JSON.stringify(value)} ${fault}`);
  return escapeTemplate(path);
}

function textOf(stdin: unknown): string {
  if (stdin === undefined || stdin === null) return '';
  if (typeof stdin === 'string') return stdin;
  throw invalid('stdin must be text');
}

function flagOf(zipInputMode: unknown): boolean {
  if (zipInputMode === undefined || zipInputMode === null) return false;
  if (typeof zipInputMode === 'boolean') return zipInputMode;
  throw invalid('zipInputMode must be true or false');
}

function invalid(message: string): CodedError {
  return new CodedError('invalid_request', message);
}
