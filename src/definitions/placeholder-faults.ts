// Which placeholders of a definition have no value: unknown names, and files or ports that no adapter gives.
import { chooseInput, chooseOutput, offeredPlaceholders } from '../protocol/adapter-choice.js';
import { argumentTexts, declaredParameters, type ProcessDefinition } from '../protocol/definition.js';
import { builtInPlaceholders, parseTemplate } from '../protocol/placeholders.js';
import type { Fault } from './faults.js';

export function placeholderFaults(definition: ProcessDefinition): Fault[] {
  const declared = Object.keys(declaredParameters(definition));
  const offered = offeredPlaceholders(chooseInput(definition), chooseOutput(definition));
  return [
    ...execFaults(definition),
    ...whenFaults(definition, declared),
    ...templates(definition).flatMap((template) => faultsIn(template, declared, offered)),
  ];
}

interface Template {
  path: string;
  text: string;
}

/** Every text of the definition that may hold placeholders. */
function templates(definition: ProcessDefinition): Template[] {
  const environment = Object.entries(definition.environment ?? {}).map(([name, text]) => ({ path: `environment.${name}`, text }));
  const cwd = definition.cwd === undefined ? [] : [{ path: 'cwd', text: definition.cwd }];
  return [...argumentTexts(definition), ...environment, ...cwd, ...pathTemplates(definition)];
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

function faultsIn({ path, text }: Template, declared: string[], offered: string[]): Fault[] {
  return parseTemplate(text).flatMap((part) => {
    if (!('name' in part) || declared.includes(part.name) || offered.includes(part.name)) return [];
    const builtIn = (builtInPlaceholders as readonly string[]).includes(part.name);
    const message = builtIn
      ? `${part.source} has no value here: no adapter of this definition gives it`
      : `${part.source} is not a placeholder; known are ${[...declared, ...offered].join(', ')}; write $${part.source} for the text itself`;
    return [{ path, message }];
  });
}

function execFaults({ exec }: ProcessDefinition): Fault[] {
  const found = parseTemplate(exec).find((part) => 'name' in part);
  return found && 'source' in found ? [{ path: 'exec', message: `no placeholder may stand here, but ${found.source} does` }] : [];
}

function whenFaults(definition: ProcessDefinition, declared: string[]): Fault[] {
  const key = definition.argv === undefined ? 'args' : 'argv';
  return (definition[key] ?? []).flatMap((element, index) => {
    if (typeof element === 'string' || Array.isArray(element) || declared.includes(element.when)) return [];
    return [{ path: `${key}[${index}].when`, message: `'${element.when}' is not a declared parameter` }];
  });
}
