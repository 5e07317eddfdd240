// Where the message of a CWL tool comes from and where its output goes, of a definition's adapters.
import { chooseInput, chooseOutput, isFile, isNone, isStream } from '../model/adapter-choice.js';
import { type ArgumentGroup, declaredParameters, type ProcessDefinition } from '../model/definition.js';
import { escapeTemplate, parseTemplate } from '../model/placeholders.js';
import { Refused, valueIn } from './imported.js';

export interface Streams {
  /** Its message is a parameter, and its output a file with a name. */
  definition: ProcessDefinition;
  stdin?: string;
  stdout?: string;
  stderr?: string;
  /** The output as a template of its path; undefined: there is none, or it is a stream. */
  glob?: string;
}

export function streamsOf(definition: ProcessDefinition): Streams {
  const [input, output] = [chooseInput(definition), chooseOutput(definition)];
  const message = freeName(declaredParameters(definition), 'message');
  const byPath = isFile(input) && input.parameters.file_path === '${input_file}';
  if (!isNone(input) && !isStream(input) && !byPath) throw new Refused('its input adapter has no counterpart in CWL');
  const extension = typeof output.parameters.extension === 'string' ? `.${output.parameters.extension}` : '';
  const outputName = `output${extension}`;
  const renamed = renamedPlaceholders(definition, { input_file: `\${${message}}`, output_file: escapeTemplate(outputName) });
  return {
    definition: isNone(input) ? renamed : withMessage(renamed, message),
    ...(isStream(input) && { stdin: `$(inputs.${message}.path)` }),
    ...outputOf(output, outputName),
  };
}

function outputOf(output: ReturnType<typeof chooseOutput>, outputName: string): Pick<Streams, 'stdout' | 'stderr' | 'glob'> {
  if (isNone(output)) return {};
  if (isStream(output)) return { [output.parameters.stream_name === 'STDERR' ? 'stderr' : 'stdout']: outputName };
  const path = output.parameters.file_path;
  if (!isFile(output) || typeof path !== 'string' || path.startsWith('/'))
    throw new Refused('its output adapter has no counterpart in CWL');
  return { glob: path === '${output_file}' ? outputName : path };
}

function freeName(declared: object, wanted: string): string {
  return Object.hasOwn(declared, wanted) ? freeName(declared, `${wanted}_`) : wanted;
}

function withMessage(definition: ProcessDefinition, name: string): ProcessDefinition {
  const { properties = {}, required = [] } = definition.parameters ?? {};
  return {
    ...definition,
    parameters: {
      type: 'object',
      properties: { ...properties, [name]: { type: 'string', format: 'file' } },
      required: [...required, name],
    },
  };
}

/** argv and environment with other templates in place of these placeholders. */
function renamedPlaceholders(definition: ProcessDefinition, names: Record<string, string>): ProcessDefinition {
  const text = (template: string) =>
    parseTemplate(template)
      .map((part) => ('name' in part ? (valueIn(names, part.name) ?? part.source) : escapeTemplate(part.literal)))
      .join('');
  const element = (one: string | ArgumentGroup): string | ArgumentGroup =>
    typeof one === 'string' ? text(one) : Array.isArray(one) ? one.map(text) : { ...one, args: one.args.map(text) };
  const { argv, args = argv, environment = {} } = definition;
  const variables = Object.entries(environment).map(([name, value]) => [name, typeof value === 'string' ? text(value) : value]);
  return { ...definition, args: undefined, argv: args?.map(element), environment: Object.fromEntries(variables) };
}
