// What `procreg run NAME --help` prints: the parameters of a definition, and what it takes and gives.
import { declaredParameters, type ParameterSchema, type ProcessDefinition, takesFiles } from '../../../../../src/model/definition.js';
import { asksForMessage, takesMessage } from '../../runs/known-definition.js';
import { plain } from '../../terminal/table.js';
import { helpColumns, wrapped } from '../../terminal/wrapped.js';
import { isList } from './parameters.js';

const widestName = 30;

export function parametersHelp(called: string, definition: ProcessDefinition): string {
  const declared = Object.entries(declaredParameters(definition));
  const required = definition.parameters?.required ?? [];
  const lines = declared.map(([name, schema]) => [flagsOf(name, schema), wordsOf(schema, required.includes(name))]);
  const width = Math.min(widestName, Math.max(0, ...lines.map(([flags]) => flags.length)));
  const parts = [
    `Usage: procreg run [options] ${plain(called)}${declared.length > 0 ? ' [--parameter value …]' : ''}`,
    definition.description && plain(definition.description),
    declared.length > 0 ? `Parameters:\n${lines.map((line) => listed(line, width)).join('\n')}` : 'It has no parameters.',
    messageWords(definition),
    'Options of procreg go before the name: procreg run --help',
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function listed([flags, words]: string[], width: number): string {
  const indent = width + 4;
  const text = wrapped(words, helpColumns() - indent).join(`\n${' '.repeat(indent)}`);
  return flags.length > width ? `  ${flags}\n${' '.repeat(indent)}${text}` : `  ${flags.padEnd(width)}  ${text}`;
}

function flagsOf(name: string, schema: ParameterSchema): string {
  if (schema.type === 'boolean') return `--${plain(name)}, --no-${plain(name)}`;
  return `--${plain(name)} <${takesFiles(schema) ? 'file' : typeOf(schema)}>${isList(schema) ? ' …' : ''}`;
}

function typeOf({ type, items, format }: ParameterSchema): string {
  if (type === 'array' && typeof items === 'object' && items !== null) return typeOf(items);
  const named = Array.isArray(type) ? type.join('|') : type;
  return plain(String(format ?? named ?? 'value'));
}

function wordsOf(schema: ParameterSchema, isRequired: boolean): string {
  const choices = schema.enum ?? (typeof schema.items === 'object' && schema.items !== null ? schema.items.enum : undefined);
  const bounds = ['minimum', 'maximum', 'minLength', 'maxLength', 'pattern'].filter((key) => schema[key] !== undefined);
  const facts = [
    isRequired && 'required',
    choices && `one of ${choices.map(String).join(', ')}`,
    ...bounds.map((key) => `${key} ${schema[key]}`),
    schema.default !== undefined && `default ${typeof schema.default === 'string' ? schema.default : JSON.stringify(schema.default)}`,
    schema.secret && 'secret: shown nowhere',
  ].filter(Boolean);
  const said = typeof schema.description === 'string' ? schema.description : '';
  return plain([said, facts.length > 0 && `(${facts.join('; ')})`].filter(Boolean).join(' '));
}

function messageWords(definition: ProcessDefinition): string {
  if (!takesMessage(definition)) return 'It takes no message: stdin is left alone.';
  return `Its message is read from stdin${asksForMessage(definition) ? '' : ', unless that is a terminal'}, or from -i FILE; -n sends none.`;
}
