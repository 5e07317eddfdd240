// The adapters that a definition may name, with the JSON Schema of their parameters; execute/ holds what runs them.
import { chunkRange, sizeSchema } from './bounds.js';

export interface AdapterDeclaration {
  type: string;
  what: string;
  parameters: { type: 'object'; properties: Record<string, object>; required?: string[] };
  /** The adapter speaks with the program at a port on which that listens. */
  port?: true;
  /** The placeholders for which the adapter provides a value, in addition to the built-in ones. */
  offers?: string[];
}

const text = { type: 'string', minLength: 1 };
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const contentType = { type: 'string', pattern: `^${token}/${token}([ \\t]*;[\\t -~]*)?$`, description: 'a media type, such as audio/mpeg' };
const extension = { type: 'string', pattern: '^\\.?[A-Za-z0-9][A-Za-z0-9._+-]{0,31}$', description: 'of the file that the program sees' };
const fileType = { const: 'stream', description: 'with stream_name: a standard stream' };
const port = {
  anyOf: [{ type: 'integer', minimum: 1, maximum: 65535 }, { const: '${port}' }, { const: '$<port>' }],
  description: 'a port number, or ${port} for one that the server chooses',
};
const framing = { enum: ['line', 'chunk', 'length32'] };

export const inputAdapters: AdapterDeclaration[] = [
  {
    type: 'file',
    what: 'the message on STDIN, or as a file whose path the program gets',
    parameters: {
      type: 'object',
      properties: { file_type: fileType, stream_name: { enum: ['STDIN'] }, file_path: text, extension, framing },
    },
  },
  {
    type: 'append',
    what: 'each message appended to a file that the program tails',
    parameters: { type: 'object', properties: { file_path: text, delimiter: { type: 'string' } }, required: ['file_path'] },
  },
  {
    type: 'port',
    port: true,
    what: 'a connection to the port that the program listens on',
    parameters: {
      type: 'object',
      properties: {
        tcp_port: port,
        chunk_size: sizeSchema(chunkRange),
        half_close: { type: 'boolean' },
        framing,
      },
      required: ['tcp_port'],
    },
  },
  {
    type: 'pipe',
    what: 'a named pipe that the program reads',
    parameters: { type: 'object', properties: { pipe_path: text, framing }, required: ['pipe_path'] },
  },
  { type: 'none', what: 'no message; stdin is empty', parameters: { type: 'object', properties: {} } },
];

export const outputAdapters: AdapterDeclaration[] = [
  {
    type: 'file',
    what: 'what the program writes to STDOUT or STDERR, or a file that it leaves',
    parameters: {
      type: 'object',
      properties: {
        file_type: fileType,
        stream_name: { enum: ['STDOUT', 'STDERR'] },
        file_path: text,
        file: text,
        extension,
        content_type: contentType,
        framing,
      },
    },
  },
  {
    type: 'append',
    what: 'what the program appends to a file',
    parameters: { type: 'object', properties: { file_path: text, framing }, required: ['file_path'] },
  },
  {
    type: 'port',
    port: true,
    what: 'what is read from a port of the program until it closes',
    parameters: { type: 'object', properties: { tcp_port: port, framing }, required: ['tcp_port'] },
  },
  {
    type: 'pipe',
    what: 'what the program writes to a named pipe',
    parameters: { type: 'object', properties: { pipe_path: text, framing }, required: ['pipe_path'] },
  },
  {
    type: 'directory',
    what: 'the files that the program leaves in a folder of its work directory',
    parameters: {
      type: 'object',
      properties: {
        directory: text,
        format: { enum: ['zip', 'file'] },
        compress: { type: 'boolean', description: 'of a zip; default true' },
        content_type: contentType,
      },
    },
  },
  { type: 'none', what: 'nothing; the answer is the run as JSON', parameters: { type: 'object', properties: {} } },
];

/** The names of the input adapters, for the schema of definitions. */
export const inputTypes = inputAdapters.map(({ type }) => type);
export const outputTypes = outputAdapters.map(({ type }) => type);

/** The placeholders for which adapters of plugins provide a value. */
export const pluggedPlaceholders: string[] = [];

/** Adds an adapter, before any definition is looked at. Throws an Error when its name is taken. */
export function declareAdapter(side: 'input' | 'output', declaration: AdapterDeclaration): void {
  const [declared, types] = side === 'input' ? [inputAdapters, inputTypes] : [outputAdapters, outputTypes];
  if (types.includes(declaration.type)) throw new Error(`an ${side} adapter '${declaration.type}' already exists`);
  declared.push(declaration);
  types.push(declaration.type);
  pluggedPlaceholders.push(...(declaration.offers ?? []));
}
