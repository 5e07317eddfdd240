// The JSON Schema (2020-12) of a definition: the one source of its validation and of its place in the OpenAPI.
import { inputTypes, outputTypes } from './adapters.js';
import {
  countRange,
  daysRange,
  filesRange,
  memoryRange,
  numberSchema,
  outputRange,
  pauseRange,
  priorityRange,
  processesRange,
  sizeSchema,
  timeoutRange,
} from './bounds.js';

const strings = { type: 'array', items: { type: 'string' } };
const count = numberSchema('integer', countRange);
const seconds = numberSchema('number', pauseRange);
const memory = sizeSchema(memoryRange);

const readyPort = {
  anyOf: [{ type: 'integer', minimum: 1, maximum: 65535 }, { type: 'boolean' }, { const: '${port}' }],
  description: 'a port number, ${port}, or true for the port of the adapters',
};
const signal = { type: 'string', pattern: '^(SIG)?(HUP|INT|QUIT|ABRT|KILL|USR1|USR2|PIPE|ALRM|TERM|CONT|STOP|TSTP|WINCH)$' };

/** The name of a secret. */
const secretName = '^[A-Za-z_][A-Za-z0-9_.-]{0,127}$';

/** A slug with a letter in it; `set`, `schema` and `validate` are routes. */
export const namePattern = '^(?!(set|schema|validate|openapi\\.json)$)(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$';

const hint = { type: 'boolean' };

const content = {
  description: 'a string or {"base64": "..."}',
  anyOf: [
    { type: 'string' },
    { type: 'object', required: ['base64'], properties: { base64: { type: 'string' } }, additionalProperties: false },
  ],
};

const group = { when: { type: 'string' }, each: { type: 'string' }, args: strings };
const argumentList = {
  type: 'array',
  maxItems: 100_000,
  items: {
    description: 'a string, a list of strings, {"when": parameter, "args": [...]}, or {"each": list, "args": [...]}',
    anyOf: [
      { type: 'string' },
      strings,
      { type: 'object', required: ['when', 'args'], properties: group },
      { type: 'object', required: ['each', 'args'], properties: group },
    ],
  },
  description:
    'strings, passed as they are: no shell, no splitting; groups are dropped when a parameter in them is unset, and those with each are repeated for each item of that list',
};

function adapter(side: 'input' | 'output', types: string[]): object {
  const parameters = { type: 'object', description: `the parameters of the type, as described by GET /api/adapter/` };
  return {
    type: 'object',
    required: [`${side}_type`],
    properties: { [`${side}_type`]: { enum: types }, [`${side}_parameters`]: parameters, [`${side}_params`]: parameters },
  };
}

export const definitionSchema = {
  type: 'object',
  required: ['exec'],
  additionalProperties: true,
  properties: {
    exec: {
      type: 'string',
      minLength: 1,
      maxLength: 4095,
      description: 'absolute path, a name looked up in PATH, or one of the files, such as ./report.py',
    },
    argv: argumentList,
    args: { ...argumentList, description: 'another name for argv' },
    cwd: {
      type: 'string',
      minLength: 1,
      maxLength: 4095,
      description: "default: the run's own, empty work directory; relative: inside it",
    },
    environment: {
      type: 'object',
      propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
      additionalProperties: {
        description: 'a string or {"secret": "NAME"}',
        anyOf: [
          { type: 'string' },
          {
            type: 'object',
            required: ['secret'],
            properties: { secret: { type: 'string', pattern: secretName } },
            additionalProperties: false,
          },
        ],
      },
      description: 'added to a clean base of PATH, HOME and TMPDIR',
    },
    files: {
      type: 'object',
      maxProperties: 1000,
      additionalProperties: content,
      description: 'by its path, what stands in the work directory of each run before it starts; together at most 1 MiB',
    },
    run_as: {
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,63}$',
      description: 'the user of the machine as whom the program runs, one of RUN_AS_USERS; stored and changed by admins only',
    },
    timeout: { ...numberSchema('number', timeoutRange), description: 'seconds; 0: none' },
    process_type: { enum: ['single', 'service'], default: 'single' },
    application: { type: 'string', minLength: 1, maxLength: 255, default: 'host' },
    input_adapter: adapter('input', inputTypes),
    output_adapter: adapter('output', outputTypes),
    name: { type: 'string', pattern: namePattern, description: 'a slug with a letter in it, unique per owner' },
    description: { type: 'string' },
    tags: strings,
    visibility: { enum: ['private', 'shared'], default: 'private' },
    parameters: { type: 'object', description: 'JSON Schema (2020-12) of type object: typed inputs, used as ${name}' },
    limits: {
      type: 'object',
      properties: {
        memory,
        tree_memory: memory,
        cpu_seconds: numberSchema('integer', { ...timeoutRange, from: 1 }),
        processes: numberSchema('integer', processesRange),
        open_files: numberSchema('integer', filesRange),
        file_size: sizeSchema(outputRange),
        output_bytes: sizeSchema(outputRange),
      },
    },
    lane: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$', default: 'io' },
    max_parallel: count,
    priority: { ...numberSchema('integer', priorityRange), default: 0 },
    retries: { type: 'integer', minimum: 0, maximum: 100, default: 0 },
    success_exit_codes: { type: 'array', items: { type: 'integer', minimum: 0, maximum: 255 }, default: [0] },
    keep: { type: 'object', properties: { runs: count, days: numberSchema('integer', daysRange), input: sizeSchema(outputRange) } },
    on_disconnect: { enum: ['continue', 'stop'], default: 'continue' },
    restart: {
      type: 'object',
      properties: {
        mode: { enum: ['never', 'abnormal', 'always'] },
        max: numberSchema('integer', { ...countRange, from: 0 }),
        backoff: seconds,
      },
    },
    ready: {
      type: 'object',
      properties: { tcp: readyPort, http: { type: 'string', pattern: '^(/|https?://)' }, log: { type: 'string' }, delay: seconds },
    },
    stop: { type: 'object', properties: { signal, grace: seconds } },
    mcp: {
      anyOf: [
        { type: 'boolean' },
        {
          type: 'object',
          properties: {
            title: { type: 'string', minLength: 1, maxLength: 200 },
            description: { type: 'string', minLength: 1, maxLength: 20_000 },
            annotations: {
              type: 'object',
              properties: { readOnlyHint: hint, destructiveHint: hint, idempotentHint: hint, openWorldHint: hint },
            },
          },
        },
      ],
      description: 'true: AI agents get it as a tool at /mcp; an object also says how they are told of it',
    },
    examples: {
      type: 'array',
      maxItems: 100,
      items: {
        type: 'object',
        properties: {
          message: content,
          parameters: {
            type: 'object',
            description: 'the value of a file parameter is a text, or {"name": "a.csv", "text": "..."} or {"base64": "..."}',
          },
          expect: { ...content, description: 'a string or {"base64": "..."}, which is the whole output; left out: any' },
          exit_code: { type: 'integer', minimum: 0, maximum: 255, description: 'left out: one of success_exit_codes' },
        },
      },
      description: 'run and compared by selftest/, and before it is saved with -selftest=1',
    },
  },
};
