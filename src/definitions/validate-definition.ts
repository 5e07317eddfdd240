// Whether a value is a definition: every fault at once, each with its path. Unknown keys are kept.
import { chooseInput, chooseOutput, inputParameters, outputParameters } from '../protocol/adapter-choice.js';
import { type AdapterDeclaration, inputAdapters, outputAdapters } from '../protocol/adapters.js';
import type { ProcessDefinition } from '../protocol/definition.js';
import { definitionSchema } from '../protocol/definition-schema.js';
import { relativePathFault } from '../protocol/file-names.js';
import { parseTemplate } from '../protocol/placeholders.js';
import { type Fault, invalidDefinition } from './faults.js';
import { parameterSchemaFaults } from './parameter-schemas.js';
import { placeholderFaults } from './placeholder-faults.js';
import { schemaCheck } from './schema-faults.js';

const shapeFaults = schemaCheck(definitionSchema);
const inputChecks = checksOf(inputAdapters);
const outputChecks = checksOf(outputAdapters);

/** The definition, or invalid_definition. */
export function validateDefinition(value: unknown): ProcessDefinition {
  const shape = shapeFaults(value);
  if (shape.length > 0) throw invalidDefinition(shape);
  const definition = value as ProcessDefinition;
  const faults = [
    ...twiceFaults(definition),
    ...adapterFaults(definition),
    ...foreignFolderFaults(definition),
    ...parameterSchemaFaults(definition),
    ...placeholderFaults(definition),
  ];
  if (faults.length > 0) throw invalidDefinition(faults);
  return definition;
}

function checksOf(declarations: AdapterDeclaration[]): Map<string, ReturnType<typeof schemaCheck>> {
  return new Map(declarations.map(({ type, parameters }) => [type, schemaCheck(parameters)]));
}

/** A key and its alias at the same time would leave open which one counts. */
function twiceFaults(definition: ProcessDefinition): Fault[] {
  const pairs: [object | undefined, string, string, string][] = [
    [definition, '', 'argv', 'args'],
    [definition.input_adapter, 'input_adapter.', 'input_parameters', 'input_params'],
    [definition.output_adapter, 'output_adapter.', 'output_parameters', 'output_params'],
  ];
  return pairs.flatMap(([holder, prefix, name, alias]) =>
    holder && name in holder && alias in holder
      ? [{ path: `${prefix}${alias}`, message: `means the same as ${name}; give one of them` }]
      : [],
  );
}

function adapterFaults({ input_adapter: input, output_adapter: output }: ProcessDefinition): Fault[] {
  const faults: Fault[] = [];
  if (input?.input_type) {
    const prefix = `input_adapter.${'input_params' in input ? 'input_params' : 'input_parameters'}`;
    faults.push(...parameterFaults(inputChecks.get(input.input_type), inputParameters(input), prefix));
  }
  if (output?.output_type) {
    const prefix = `output_adapter.${'output_params' in output ? 'output_params' : 'output_parameters'}`;
    faults.push(...parameterFaults(outputChecks.get(output.output_type), outputParameters(output), prefix));
  }
  return faults;
}

function parameterFaults(check: ReturnType<typeof schemaCheck> | undefined, parameters: Record<string, unknown>, prefix: string): Fault[] {
  const faults = check?.(parameters, prefix) ?? [];
  if (parameters.file_path !== undefined && parameters.file_type !== undefined) {
    faults.push({ path: `${prefix}.file_path`, message: 'cannot stand beside file_type; the message is a stream or a file' });
  }
  return [...faults, ...['file_path', 'directory'].flatMap((key) => pathFaults(parameters[key], `${prefix}.${key}`))];
}

/** Files are exchanged in the run's own directory: elsewhere the server would use rights that the program lacks. */
function foreignFolderFaults(definition: ProcessDefinition): Fault[] {
  if (!definition.cwd?.startsWith('/')) return [];
  const sides = [
    { path: 'input_adapter', ...chooseInput(definition) },
    { path: 'output_adapter', ...chooseOutput(definition) },
  ];
  return sides.flatMap(({ path, kind, parameters }) => {
    const inCwd = kind === 'directory' || (kind === 'file_path' && !String(parameters.file_path).startsWith('$'));
    return inCwd ? [{ path, message: `exchanges files in the run's own work directory, but cwd is ${definition.cwd}` }] : [];
  });
}

/** A path that is no placeholder must stay inside the program's cwd. */
function pathFaults(value: unknown, path: string): Fault[] {
  if (typeof value !== 'string' || value === '' || parseTemplate(value).some((part) => 'name' in part)) return [];
  const fault = relativePathFault(value.replace(/\/+$/, ''));
  return fault ? [{ path, message: `'${value}' ${fault}; it must be a path from the program's cwd` }] : [];
}
