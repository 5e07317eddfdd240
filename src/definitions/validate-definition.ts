// Checks whether a value is a definition: reports all faults at once, each with its path. Unknown keys are kept.
import { chooseInput, chooseOutput, isFile, isPipe } from '../model/adapter-choice.js';
import { type AdapterDeclaration, inputAdapters, outputAdapters } from '../model/adapters.js';
import type { ProcessDefinition } from '../model/definition.js';
import { definitionSchema } from '../model/definition-schema.js';
import { relativePathFault, withoutEndingSlashes } from '../model/file-names.js';
import { parseTemplate } from '../model/placeholders.js';
import { exampleFaults } from './example-faults.js';
import { cut, type Fault, type FaultList, invalidDefinition, joinFaults, listFaults } from './faults.js';
import { fileFaults } from './file-faults.js';
import { parameterSchemaFaults } from './parameter-schemas.js';
import { placeholderFaults } from './placeholder-faults.js';
import { type SchemaCheck, schemaCheck } from './schema-faults.js';

const shapeFaults = schemaCheck(definitionSchema);
const checks = new Map<AdapterDeclaration, SchemaCheck>();

/** Keys that must be valid before placeholders can be checked. */
const templateKeys = ['exec', 'argv', 'args', 'cwd', 'environment', 'parameters', 'input_adapter', 'output_adapter'];

/** Returns the definition, or throws invalid_definition. `author`: the user on whose account it is checked. */
export async function validateDefinition(value: unknown, author: number): Promise<ProcessDefinition> {
  const shape = shapeFaults(value);
  if (shape.more > 0 || typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidDefinition(shape);
  const faulty = new Set(shape.faults.map(({ path }) => path.split(/[.[]/)[0]));
  const sound = Object.fromEntries(Object.entries(value).filter(([key]) => !faulty.has(key))) as ProcessDefinition;
  const readable = !templateKeys.some((key) => faulty.has(key));
  const faults = joinFaults([
    shape,
    listFaults([...twiceFaults(sound), ...readyFaults(sound)]),
    ...adapterFaults(sound),
    ...('exec' in sound ? [listFaults(fileFaults(sound))] : []),
    ...(readable ? [listFaults(exampleFaults(sound))] : []),
    ...(readable ? [listFaults(foreignFolderFaults(sound)), listFaults(placeholderFaults(sound))] : []),
    await parameterSchemaFaults(sound, author),
  ]);
  if (faults.faults.length > 0) throw invalidDefinition(faults);
  return value as ProcessDefinition;
}

/** Undefined for an unknown type. */
function checkOf(declared: AdapterDeclaration[], type: string | undefined): SchemaCheck | undefined {
  const declaration = declared.find((one) => one.type === type);
  if (!declaration) return undefined;
  const check = checks.get(declaration) ?? schemaCheck(declaration.parameters);
  checks.set(declaration, check);
  return check;
}

/** Refuses a key together with its alias, because it would be unclear which one counts. */
function twiceFaults(definition: ProcessDefinition): Fault[] {
  const pairs: [object | undefined, string, string, string][] = [
    [definition, '', 'argv', 'args'],
    [definition.input_adapter, 'input_adapter.', 'input_parameters', 'input_params'],
    [definition.output_adapter, 'output_adapter.', 'output_parameters', 'output_params'],
  ];
  return pairs.flatMap(([holder, prefix, name, alias]) =>
    holder && name in holder && alias in holder
      ? [{ path: `${prefix}${alias}`, message: `means the same as ${name}; give only one of them` }]
      : [],
  );
}

/** Otherwise the service would fail whenever it starts. */
function readyFaults({ ready }: ProcessDefinition): Fault[] {
  const address = ready?.http;
  if (address === undefined || URL.canParse(address, 'http://127.0.0.1')) return [];
  return [{ path: 'ready.http', message: `'${cut(address, 80)}' is not an address` }];
}

function adapterFaults({ input_adapter: input, output_adapter: output }: ProcessDefinition): FaultList[] {
  return [
    ...sideFaults(checkOf(inputAdapters, input?.input_type), 'input_adapter', {
      input_parameters: input?.input_parameters,
      input_params: input?.input_params,
    }),
    ...sideFaults(checkOf(outputAdapters, output?.output_type), 'output_adapter', {
      output_parameters: output?.output_parameters,
      output_params: output?.output_params,
    }),
  ];
}

/** `given`: the parameters under their name and their alias, as they were sent. */
function sideFaults(check: SchemaCheck | undefined, side: string, given: Record<string, Record<string, unknown> | undefined>): FaultList[] {
  const [name, parameters] = Object.entries(given).find(([, value]) => value !== undefined) ?? [Object.keys(given)[0], {}];
  const prefix = `${side}.${name}`;
  const path = ['file_path', 'file'].find((key) => parameters?.[key] !== undefined);
  const beside = { path: `${prefix}.${path}`, message: 'cannot be combined with file_type; the message is either a stream or a file' };
  return [
    check?.(parameters, prefix) ?? joinFaults([]),
    listFaults(path && parameters?.file_type !== undefined ? [beside] : []),
    listFaults(['file_path', 'file', 'directory', 'pipe_path'].flatMap((key) => pathFaults(parameters?.[key], `${prefix}.${key}`))),
  ];
}

/** The server writes files only into the run's own directory: elsewhere it would use rights that the program lacks. */
function foreignFolderFaults(definition: ProcessDefinition): Fault[] {
  if (!definition.cwd?.startsWith('/')) return [];
  const [input, output] = [chooseInput(definition), chooseOutput(definition)];
  const made: [string, unknown][] = [
    ['input_adapter', isFile(input) && input.parameters.file_path],
    ['input_adapter', isPipe(input) && input.parameters.pipe_path],
    ['output_adapter', isPipe(output) && output.parameters.pipe_path],
  ];
  return made
    .filter(([, named]) => named !== false && !String(named).startsWith('$'))
    .map(([path, named]) => ({ path, message: `'${named}' must lie in the run's own work directory, but cwd is ${definition.cwd}` }));
}

/** A path that is not a placeholder must stay inside the program's cwd. */
function pathFaults(value: unknown, path: string): Fault[] {
  if (typeof value !== 'string' || value === '' || parseTemplate(value).some((part) => 'name' in part)) return [];
  const fault = relativePathFault(withoutEndingSlashes(value));
  return fault ? [{ path, message: `'${cut(value, 80)}' ${fault}; it must be a path relative to the program's cwd` }] : [];
}
