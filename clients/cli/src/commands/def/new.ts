// Makes a definition of a command line.
import { basename } from 'node:path';
import type { Act } from '../../command-row.js';
import { checkDefinition } from '../../definitions/check-definition.js';
import { storedContent } from '../../definitions/placed-files.js';
import { yamlOf } from '../../definitions/rendered.js';
import type { Definition } from '../../definitions/stored-definition.js';
import { createDefinition } from '../../definitions/write-definition.js';
import { exitCodes, Failure } from '../../failure.js';
import { Refusal } from '../../http/refusal.js';
import { secondsOf } from '../../terminal/durations.js';
import { fileFault } from '../../terminal/file-fault.js';
import { print, printLine, tell } from '../../terminal/table.js';

interface NewOptions {
  param?: string[];
  file?: string[];
  tag?: string[];
  env?: string[];
  description?: string;
  timeout?: string;
  stdin?: boolean;
  shared?: boolean;
  service?: boolean;
  mcp?: boolean;
  dryRun?: boolean;
}

export const create: Act = async ({ connection, server }, [name, exec, ...args], options: NewOptions) => {
  if (exec === undefined)
    throw new Failure('the command is missing', { exitCode: exitCodes.usage, hint: `procreg new ${name} -- tr a-z A-Z` });
  const definition = newDefinition({ name, exec, args }, options);
  if (options.dryRun) print(await yamlOf(definition));
  else {
    await createDefinition(connection, definition).catch((error) => {
      if (!(error instanceof Refusal) || error.code !== 'name_taken') throw error;
      throw new Failure(error.message, { hint: `procreg def edit ${name}, or procreg def rm ${name}` });
    });
    printLine(`created ${name} on ${server.label}`);
    for (const warning of (await checkDefinition(connection, definition)).warnings) tell(`warning: ${warning}`);
  }
  return 0;
};

function newDefinition({ name, exec, args }: { name: string; exec: string; args: string[] }, options: NewOptions): Definition {
  const { param = [], file = [], tag = [], env = [], description, timeout, stdin, shared, service, mcp } = options;
  const parameters = param.map(parameterOf);
  const optional = new Set(parameters.filter(({ isOptional }) => isOptional).map((one) => one.name));
  return {
    name,
    ...(description !== undefined && { description }),
    exec,
    argv: groupedArguments(args, optional),
    ...(parameters.length > 0 && { parameters: schemaOf(parameters) }),
    ...(stdin && { input_adapter: { input_type: 'file', input_parameters: { file_type: 'stream', stream_name: 'STDIN' } } }),
    ...(file.length > 0 && { files: filesOf(file) }),
    ...(env.length > 0 && { environment: Object.fromEntries(env.map(variableOf)) }),
    ...(tag.length > 0 && { tags: tag }),
    ...(timeout !== undefined && { timeout: Number(secondsOf(timeout)) }),
    ...(shared && { visibility: 'shared' }),
    ...(service && { process_type: 'service' }),
    ...(mcp && { mcp }),
  };
}

interface Parameter {
  name: string;
  isOptional: boolean;
  schema: Record<string, unknown>;
}

/** NAME, NAME? (may be left out), NAME:TYPE, NAME=DEFAULT, NAME:TYPE=DEFAULT. */
function parameterOf(text: string): Parameter {
  const found = /^([A-Za-z_][\w-]*)(\?)?(?::(string|integer|number|boolean|file))?(?:=(.*))?$/s.exec(text);
  if (!found)
    throw new Failure(`--param '${text}' is not NAME, NAME?, NAME:TYPE or NAME:TYPE=DEFAULT`, {
      exitCode: exitCodes.usage,
      hint: 'types: string, integer, number, boolean, file',
    });
  const [, name, mark, type = 'string', fallback] = found;
  const isText = type === 'string' || type === 'file';
  const schema = {
    ...(type === 'file' ? { type: 'string', format: 'file' } : { type }),
    ...(fallback !== undefined && { default: isText ? fallback : defaultOf(name, fallback) }),
  };
  return { name, isOptional: mark !== undefined, schema };
}

function defaultOf(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure(`the default of ${name} cannot be '${text}'`, { exitCode: exitCodes.usage });
  }
}

function schemaOf(parameters: Parameter[]): object {
  const required = parameters.filter(({ isOptional, schema }) => !isOptional && !('default' in schema)).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    ...(required.length > 0 && { required }),
  };
}

/** An argument with an optional parameter can be left out, together with the flag before it. */
function groupedArguments(args: string[], optional: Set<string>): (string | string[])[] {
  const isOptional = (arg: string) => [...arg.matchAll(/\$\{([^}]+)\}/g)].some(([, name]) => optional.has(name));
  const grouped: (string | string[])[] = [];
  for (const arg of args) {
    const flag = grouped.at(-1);
    if (!isOptional(arg)) grouped.push(arg);
    else if (typeof flag === 'string' && /^-/.test(flag) && arg.startsWith('${')) grouped.splice(-1, 1, [flag, arg]);
    else grouped.push([arg]);
  }
  return grouped;
}

/** By their names without folders. */
function filesOf(paths: string[]): Definition['files'] {
  const files = new Map<string, string | { base64: string }>();
  for (const path of paths) {
    const name = basename(path);
    if (files.has(name)) throw new Failure(`two files are called ${name}`, { exitCode: exitCodes.usage });
    try {
      files.set(name, storedContent(path));
    } catch (error) {
      throw new Failure(`${path} ${fileFault(error)}`, { exitCode: exitCodes.usage });
    }
  }
  return Object.fromEntries(files);
}

function variableOf(text: string): [string, string] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new Failure(`--env '${text}' is not NAME=VALUE`, { exitCode: exitCodes.usage });
  return [name, value];
}
