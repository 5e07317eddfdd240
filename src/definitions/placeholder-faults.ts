// Finds placeholders of a definition that have no value (unknown names, and files or ports that no adapter provides), and secrets in paths.
import { chooseInput, chooseOutput, offeredPlaceholders } from '../model/adapter-choice.js';
import { argumentTexts, declaredParameters, environmentTexts, type ParameterSchema, type ProcessDefinition } from '../model/definition.js';
import { suggestions } from '../model/near-names.js';
import { builtInPlaceholders, parseTemplate } from '../model/placeholders.js';
import { cut, type Fault, someNames } from './faults.js';

export function* placeholderFaults(definition: ProcessDefinition): Generator<Fault> {
  const declared = Object.keys(declaredParameters(definition));
  const offered = offeredPlaceholders(chooseInput(definition), chooseOutput(definition));
  const names = [...declared, ...offered];
  const known = { names: new Set(names), text: someNames(names), suggest: suggestions(names) };
  yield* execFaults(definition);
  yield* groupFaults(definition);
  for (const template of templates(definition)) yield* faultsIn(template, known);
  for (const template of [...cwdTemplate(definition), ...pathTemplates(definition)]) yield* secretFaults(definition, template);
}

interface Template {
  path: string;
  text: string;
}

/** Every text of the definition that may hold placeholders. */
export function templates(definition: ProcessDefinition): Template[] {
  const environment = environmentTexts(definition).map(([name, text]) => ({ path: `environment.${name}`, text }));
  return [...argumentTexts(definition), ...environment, ...cwdTemplate(definition), ...pathTemplates(definition)];
}

function cwdTemplate({ cwd }: ProcessDefinition): Template[] {
  return cwd === undefined ? [] : [{ path: 'cwd', text: cwd }];
}

/** The paths that the adapters name. */
function pathTemplates({ input_adapter: input, output_adapter: output }: ProcessDefinition): Template[] {
  const given = [
    { path: 'input_adapter.input_parameters', parameters: input?.input_parameters },
    { path: 'input_adapter.input_params', parameters: input?.input_params },
    { path: 'output_adapter.output_parameters', parameters: output?.output_parameters },
    { path: 'output_adapter.output_params', parameters: output?.output_params },
  ];
  return given.flatMap(({ path, parameters = {} }) =>
    ['file_path', 'file', 'directory', 'pipe_path'].flatMap((key) => {
      const text = parameters[key];
      return typeof text === 'string' ? [{ path: `${path}.${key}`, text }] : [];
    }),
  );
}

interface KnownNames {
  names: Set<string>;
  text: string;
  suggest: (name: string) => string;
}

function* faultsIn({ path, text }: Template, known: KnownNames): Generator<Fault> {
  for (const part of parseTemplate(text)) {
    if (!('name' in part) || known.names.has(part.name)) continue;
    const builtIn = (builtInPlaceholders as readonly string[]).includes(part.name);
    const source = cut(part.source, 80);
    const message = builtIn
      ? `${source} has no value here: no adapter of this definition provides it`
      : `unknown placeholder ${source}${known.suggest(part.name)}; allowed: ${known.text}; declare it in parameters.properties, or write $${source} for the text itself`;
    yield { path, message };
  }
}

/** The paths of a run stand in its errors, in the list of its files and in the name of its output, each for itself and in parts. */
function* secretFaults(definition: ProcessDefinition, { path, text }: Template): Generator<Fault> {
  const declared = declaredParameters(definition);
  for (const part of parseTemplate(text)) {
    if (!('name' in part && Object.hasOwn(declared, part.name) && declared[part.name].secret)) continue;
    yield { path, message: `must not contain ${cut(part.source, 80)}: paths are shown, and the parameter is secret` };
  }
}

function execFaults({ exec }: ProcessDefinition): Fault[] {
  const found = parseTemplate(exec).find((part) => 'name' in part);
  return found && 'source' in found ? [{ path: 'exec', message: `must not contain a placeholder, got ${found.source}` }] : [];
}

/** The parameters that groups name in `when` and `each`. */
function groupFaults(definition: ProcessDefinition): Fault[] {
  const declared = declaredParameters(definition);
  const key = definition.argv === undefined ? 'args' : 'argv';
  return (definition[key] ?? []).flatMap((element, index) => {
    if (typeof element === 'string' || Array.isArray(element)) return [];
    return (['when', 'each'] as const).flatMap((keyword) => {
      const fault = namedFault(declared, keyword, element[keyword]);
      return fault === undefined ? [] : [{ path: `${key}[${index}].${keyword}`, message: fault }];
    });
  });
}

function namedFault(declared: Record<string, ParameterSchema>, keyword: 'when' | 'each', name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const shown = `'${cut(name, 80)}'`;
  if (!Object.hasOwn(declared, name)) return `${shown} is not a declared parameter; allowed: ${someNames(Object.keys(declared)) || 'none'}`;
  return keyword === 'when' || declared[name].type === 'array' ? undefined : `${shown} must be declared as a list: {"type": "array"}`;
}
