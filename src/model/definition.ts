// The type of a stored definition, as its user wrote it; docs/definition.md explains each key.

/** `when`: the group stands while this parameter is true; `each`: it is repeated for each item of this list. */
export type ArgumentGroup = string[] | { when?: string; each?: string; args: string[] };

export interface AdapterChoice {
  input_type?: string;
  output_type?: string;
  input_parameters?: Record<string, unknown>;
  input_params?: Record<string, unknown>;
  output_parameters?: Record<string, unknown>;
  output_params?: Record<string, unknown>;
}

export interface ParameterSchema {
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  items?: ParameterSchema | boolean;
  secret?: boolean;
  allow_leading_dash?: boolean;
  [keyword: string]: unknown;
}

export interface ParametersSchema {
  type?: 'object';
  properties?: Record<string, ParameterSchema>;
  required?: string[];
  [keyword: string]: unknown;
}

/** Upper bounds of one run: memory, tree_memory, file_size and output_bytes in bytes, cpu_seconds in seconds. */
interface ProcessLimits {
  /** The address space of each process, and the memory of all its processes unless `tree_memory` limits that. */
  memory?: number | string;
  /** The memory of all processes together, where control groups are possible: virtual machines reserve far more than they use. */
  tree_memory?: number | string;
  cpu_seconds?: number;
  processes?: number;
  open_files?: number;
  /** The largest file that a process may write. */
  file_size?: number | string;
  output_bytes?: number | string;
}

/** A text, or the name of a secret of the server. */
type EnvironmentValue = string | { secret: string };

/** The definition as stored: aliases (`args`, `input_params`) and defaults are resolved when it runs. Times in seconds. */
export interface ProcessDefinition {
  exec: string;
  argv?: (string | ArgumentGroup)[];
  args?: (string | ArgumentGroup)[];
  cwd?: string;
  environment?: Record<string, EnvironmentValue>;
  /** By their paths in the work directory. */
  files?: Record<string, Content>;
  /** A user of the machine. */
  run_as?: string;
  timeout?: number;
  process_type?: 'single' | 'service';
  application?: string;
  input_adapter?: AdapterChoice;
  output_adapter?: AdapterChoice;
  name?: string;
  description?: string;
  tags?: string[];
  visibility?: 'private' | 'shared';
  parameters?: ParametersSchema;
  limits?: ProcessLimits;
  lane?: string;
  max_parallel?: number;
  priority?: number;
  retries?: number;
  success_exit_codes?: number[];
  /** How many of its runs are kept and for how many days, and how much of the input of each run. */
  keep?: { runs?: number; days?: number; input?: number | string };
  on_disconnect?: 'continue' | 'stop';
  /** For a service: whether it is restarted, how often in a row at most, and the seconds of the first pause. */
  restart?: { mode?: 'never' | 'abnormal' | 'always'; max?: number; backoff?: number };
  /** For a service: the conditions under which it takes messages; all that are given must hold. */
  ready?: { tcp?: number | string | boolean; http?: string; log?: string; delay?: number };
  /** How a run is stopped: the first signal, and the seconds until KILL. */
  stop?: { signal?: string; grace?: number };
  examples?: DefinitionExample[];
  /** Whether it is a tool of AI agents, and how they are told of it. */
  mcp?: boolean | ToolDescription;
  [unknown: string]: unknown;
}

/** Each part in place of what the rest of the definition says. */
export interface ToolDescription {
  title?: string;
  description?: string;
  /** What a client may tell its user before the tool is called; nothing here enforces it. */
  annotations?: { readOnlyHint?: boolean; destructiveHint?: boolean; idempotentHint?: boolean; openWorldHint?: boolean };
}

/** A text, or bytes. */
export type Content = string | { base64: string };

export interface DefinitionExample {
  message?: Content;
  /** The value of a file parameter is its content: a text, or `{name?, base64}` or `{name?, text}`; of a list of files a list of these. */
  parameters?: Record<string, unknown>;
  /** The whole output; left out: any. */
  expect?: Content;
  /** Left out: one of success_exit_codes. */
  exit_code?: number;
}

export function contentBytes(content: Content): Buffer {
  return typeof content === 'string' ? Buffer.from(content) : Buffer.from(content.base64, 'base64');
}

/** A service stays up and takes one message after the other. */
export function isService({ process_type }: ProcessDefinition): boolean {
  return process_type === 'service';
}

/** Whether AI agents get it as a tool. */
export function isTool({ mcp }: ProcessDefinition): boolean {
  return mcp === true || (typeof mcp === 'object' && mcp !== null);
}

/** The variables of the environment that are given as texts. */
export function environmentTexts({ environment = {} }: ProcessDefinition): [name: string, text: string][] {
  return Object.entries(environment).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}

/** The names of the secrets that variables of the environment name. */
export function namedSecrets({ environment = {} }: ProcessDefinition): string[] {
  return Object.values(environment).flatMap((value) => (typeof value === 'string' ? [] : [value.secret]));
}

/** By their names. */
export function declaredParameters(definition: ProcessDefinition): Record<string, ParameterSchema> {
  return definition.parameters?.properties ?? {};
}

export function isFileList({ type, items }: ParameterSchema): boolean {
  return type === 'array' && typeof items === 'object' && items !== null && items.format === 'file';
}

/** Whether a value is a file that the caller sends, or a list of such files. */
export function takesFiles(schema: ParameterSchema | undefined): boolean {
  return schema !== undefined && (schema.format === 'file' || isFileList(schema));
}

export interface ArgumentText {
  path: string;
  text: string;
  /** The list whose items repeat the group of this text. */
  each?: string;
}

/** Every argument text of argv, groups included, with its path in the definition. */
export function argumentTexts(definition: ProcessDefinition): ArgumentText[] {
  const key = definition.argv === undefined ? 'args' : 'argv';
  return (definition[key] ?? []).flatMap((element, index) => {
    const path = `${key}[${index}]`;
    if (typeof element === 'string') return [{ path, text: element }];
    if (Array.isArray(element)) return element.map((text, inner) => ({ path: `${path}[${inner}]`, text }));
    return element.args.map((text, inner) => ({ path: `${path}.args[${inner}]`, text, each: element.each }));
  });
}
