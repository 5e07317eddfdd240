// A definition as a tool: what a client shows to its model.
import { aloneForm, type SchemaForm, schemaIn } from '../definitions/own-schema.js';
import { chooseOutput, isNone } from '../model/adapter-choice.js';
import { declaredParameters, type ParametersSchema, type ProcessDefinition, type ToolDescription } from '../model/definition.js';
import { perDefinition } from '../model/per-definition.js';
import { asksForMessage } from '../run-http/message-remark.js';
import { type MessageNames, messageNames } from './message-names.js';

type Schema = Record<string, unknown>;

/** A tool without its name, which depends on who asks. */
export interface ToolShape {
  title?: string;
  description: string;
  inputSchema: Schema & { type: 'object' };
  outputSchema?: Schema & { type: 'object' };
  annotations?: ToolDescription['annotations'];
}

/** The size beyond which the output is only linked. */
export const linkedBytes = 32 * 1024;

/** The longest description of a tool, which is also that of `mcp.description`. */
const describedCharacters = 20_000;

const references = 'run:ID/output or run:ID/files/PATH (what an earlier run has left), or upload:ID (of request_upload)';

const form: SchemaForm = {
  ...aloneForm,
  // a client that knows this keyword would send the value as a header, which nothing here reads
  keeps: (keyword) => keyword !== 'x-mcp-header',
  file: (described) => ({
    ...described,
    type: 'string',
    description: sentences(described.description, `A file: ${references}, or the content of a small text file.`),
  }),
};

export const toolShape = perDefinition((definition): ToolShape => {
  const { title, description, annotations } = typeof definition.mcp === 'object' ? definition.mcp : ({} as ToolDescription);
  const outputSchema = outputSchemaOf(definition);
  return {
    ...(title !== undefined && { title }),
    description: bounded(description ?? definition.description ?? `Runs ${definition.exec.split('/').at(-1)}.`),
    inputSchema: inputSchemaOf(definition),
    ...(outputSchema && { outputSchema }),
    ...(annotations && { annotations }),
  };
});

/** What is written for people may be as long as a definition; a model reads it in each list. */
function bounded(description: string): string {
  return description.length <= describedCharacters ? description : `${description.slice(0, describedCharacters - 1).toWellFormed()}…`;
}

function inputSchemaOf(definition: ProcessDefinition): ToolShape['inputSchema'] {
  const { required = [], properties: _declared, ...rest } = definition.parameters ?? ({} as ParametersSchema);
  const names = messageNames(definition);
  const properties = { ...parameterSchemas(definition, required), ...(names && messageSchemas(definition, names)) };
  return {
    ...(schemaIn(rest, form) as Schema),
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

/** A secret has no business with a model, unless nothing can be done without it. */
function parameterSchemas(definition: ProcessDefinition, required: string[]): Record<string, unknown> {
  const offered = Object.entries(declaredParameters(definition)).filter(([name, { secret }]) => !secret || required.includes(name));
  return Object.fromEntries(
    offered.map(([name, schema]) => {
      const shown = schemaIn(schema, form) as Schema;
      if (!schema.secret) return [name, shown];
      const warning = 'A secret: it is not shown in the records of runs, but the caller of this tool knows it.';
      return [name, { ...shown, description: sentences(shown.description, warning) }];
    }),
  );
}

function messageSchemas(definition: ProcessDefinition, { text, base64, from }: MessageNames): Record<string, Schema> {
  const need = asksForMessage(definition) ? `One of ${text}, ${base64} and ${from} is needed.` : 'It may be left out.';
  return {
    [text]: { type: 'string', description: `The message for the program (its input), as text. ${need}` },
    [base64]: {
      type: 'string',
      contentEncoding: 'base64',
      description: `In place of ${text}: the message in base64, for a few bytes that are not text.`,
    },
    [from]: { type: 'string', description: `In place of ${text}: where the message is copied from: ${references}.` },
  };
}

/** The protocol knows objects alone: other values are wrapped, and large ones are named. */
function outputSchemaOf(definition: ProcessDefinition): ToolShape['outputSchema'] {
  if (!givesJson(definition)) return undefined;
  return {
    type: 'object',
    description: `The JSON that the program writes. What is not an object is the value of \`result\`; of more than ${linkedBytes} bytes \`resource\` says where they are.`,
  };
}

export function givesJson(definition: ProcessDefinition): boolean {
  const output = chooseOutput(definition);
  const type = output.parameters.content_type;
  return !isNone(output) && typeof type === 'string' && isJson(type);
}

export function isJson(mediaType: string): boolean {
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(mediaType);
}

function sentences(...parts: unknown[]): string {
  const said = parts.filter((part): part is string => typeof part === 'string' && part.trim() !== '');
  return said.map((part, index) => (index < said.length - 1 && !/[.!?]\s*$/.test(part) ? `${part}.` : part)).join(' ');
}
