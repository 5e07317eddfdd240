// Resolves aliases and defaults to the adapters that a definition uses.
import { type AdapterDeclaration, inputAdapters, outputAdapters } from './adapters.js';
import { type AdapterChoice, argumentTexts, environmentTexts, type ProcessDefinition } from './definition.js';
import { perDefinition } from './per-definition.js';
import { placeholderNames } from './placeholders.js';

/** `kind` is the adapter that really runs: the type, or for `file` one of stream and file_path. */
export interface ChosenAdapter {
  kind: string;
  parameters: Record<string, unknown>;
}

/** No message goes in, or nothing comes out. */
export const isNone = ({ kind }: ChosenAdapter) => kind === 'none';
/** A standard stream of the program. */
export const isStream = ({ kind }: ChosenAdapter) => kind === 'stream';
/** The adapter `port`: a connection to a port on which the program listens. */
export const isPort = ({ kind }: ChosenAdapter) => kind === 'port';
/** A named pipe that the launcher creates. */
export const isPipe = ({ kind }: ChosenAdapter) => kind === 'pipe';
/** A folder that the program fills. */
export const isDirectory = ({ kind }: ChosenAdapter) => kind === 'directory';
/** A file whose path the definition may name. */
export const isFile = ({ kind }: ChosenAdapter) => kind === 'file_path' || kind === 'append';

export const chooseInput = perDefinition((definition): ChosenAdapter => {
  const choice = definition.input_adapter;
  if (choice?.input_type) return chosen(choice.input_type, inputParameters(choice));
  if (uses(definition, 'input_file')) return { kind: 'file_path', parameters: { file_path: '${input_file}' } };
  const takesParameters = definition.parameters !== undefined && definition.process_type !== 'service';
  return { kind: takesParameters ? 'none' : 'stream', parameters: {} };
});

export const chooseOutput = perDefinition((definition): ChosenAdapter => {
  const choice = definition.output_adapter;
  if (choice?.output_type) return chosen(choice.output_type, outputParameters(choice));
  if (uses(definition, 'output_file')) return { kind: 'file_path', parameters: { file_path: '${output_file}' } };
  return { kind: 'stream', parameters: {} };
});

function inputParameters(choice: AdapterChoice): Record<string, unknown> {
  return choice.input_parameters ?? choice.input_params ?? {};
}

/** `file` is the seed's other name of `file_path`. */
function outputParameters(choice: AdapterChoice): Record<string, unknown> {
  const { file, ...parameters } = choice.output_parameters ?? choice.output_params ?? {};
  return file === undefined ? parameters : { file_path: file, ...parameters };
}

function chosen(type: string, parameters: Record<string, unknown>): ChosenAdapter {
  if (type !== 'file') return { kind: type, parameters };
  return { kind: parameters.file_path === undefined ? 'stream' : 'file_path', parameters };
}

function uses(definition: ProcessDefinition, placeholder: string): boolean {
  return argumentTexts(definition).some(({ text }) => placeholderNames(text).includes(placeholder));
}

/** The built-in placeholders that have a value in a run with these adapters. */
export function offeredPlaceholders(input: ChosenAdapter, output: ChosenAdapter): string[] {
  const offered = ['run_id', 'workdir', 'port'];
  if (isFile(input)) offered.push('input_file');
  if (isFile(output)) offered.push('output_file');
  if (isPipe(input)) offered.push('input_pipe');
  if (isPipe(output)) offered.push('output_pipe');
  offered.push(...(declaredAs(inputAdapters, input)?.offers ?? []), ...(declaredAs(outputAdapters, output)?.offers ?? []));
  return offered;
}

/** Whether the program gets a port of this machine, chosen for its run, through which an adapter or the proxy of the run speaks with it. */
export const listens = perDefinition((definition): boolean => {
  const variables = environmentTexts(definition);
  const named = uses(definition, 'port') || variables.some(([, text]) => placeholderNames(text).includes('port'));
  return named || portAdapters(definition).some(({ parameters }) => ['${port}', '$<port>'].includes(String(parameters.tcp_port)));
});

/** Those of its adapters that speak with the program at a port. */
export function portAdapters(definition: ProcessDefinition): ChosenAdapter[] {
  const [input, output] = [chooseInput(definition), chooseOutput(definition)];
  const byPort = (declared: AdapterDeclaration[], adapter: ChosenAdapter) => (declaredAs(declared, adapter)?.port ? [adapter] : []);
  return [...byPort(inputAdapters, input), ...byPort(outputAdapters, output)];
}

function declaredAs(declared: AdapterDeclaration[], { kind }: ChosenAdapter): AdapterDeclaration | undefined {
  return declared.find(({ type }) => type === kind);
}
