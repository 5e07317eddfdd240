// The OpenAPI documentation of execute/ and explain/.

import type { RouteOptions } from '../../http/route.js';
import type { ErrorCode } from '../../model/error-codes.js';
import { SelfTestBody } from '../../run-http/example-result.js';
import { RunBody } from '../../run-http/run-body.js';

const binary = { type: 'string', format: 'binary' };

const shared = {
  params: { ref: 'id, name, or owner:name' },
  query: {
    '-input_file': "a file name; the program's input file gets this name, or only its extension",
    '-output_file': "the same for the program's output file, as in -output_file=a.mp3",
    '-timeout': "seconds, from 0 to 1000000000; may only shorten the definition's",
    '-message_from': 'run:ID/output or run:ID/files/PATH: what an earlier run has left is the message',
    '-priority': 'from -1000 to 1000; a run with a higher priority starts first',
  },
  freeQuery: 'the declared parameters as one object: {"bitrate": "192k"} becomes ?bitrate=192k',
  body: {
    'text/plain': { type: 'string', example: 'axbxc' },
    'application/octet-stream': binary,
    'multipart/form-data': {
      type: 'object',
      description:
        'text parts are parameters; a file part with the name of a file parameter is its value; the part `message` (or the first other file) is the message; all other files are put into the work directory',
      properties: { message: binary },
      additionalProperties: { type: 'string' },
    },
    'application/json': { description: 'the message; or, for a definition that takes none, its parameters', example: { word: 'axbxc' } },
  },
} satisfies Partial<RouteOptions>;

/** The errors with which a request may be refused before anything starts. */
const requestErrors: ErrorCode[] = [
  'too_many_checks',
  'invalid_request',
  'invalid_parameters',
  'message_not_taken',
  'not_found',
  'output_gone',
  'run_active',
  'ambiguous_name',
  'unknown_application',
  'unknown_secret',
  'run_as_refused',
  'adapter_unavailable',
];

export const executeRoute: RouteOptions = {
  ...shared,
  verb: 'POST',
  path: 'api/process_definition/:ref/execute',
  access: 'runner',
  summary: 'Run a definition: the body is the message, the response is the output',
  description:
    'Declared parameters can be given as query parameters. The switches of the server begin with a dash, which may be left out where the definition declares no parameter of that name. See docs/behaviour/execute.md.',
  query: { ...shared.query, '-stream': '1: streams the bytes as they are written, with Exit-Code as a trailer' },
  headers: {
    Prefer: 'respond-async, or wait=SECONDS; and timeout=SECONDS, as -timeout; seconds from 0 to 1000000000',
    'Idempotency-Key':
      '1 to 255 characters: for 24 hours the same request with the same key gives the same run; a message for a service is delivered once',
    Accept: "text/event-stream for the events of the run; otherwise a hint for the extension of the program's output file",
  },
  answers: {
    200: {
      what: 'the output, with its own type; the run as JSON when the output adapter is none',
      body: { '*/*': binary, 'application/json': { $ref: '#/components/schemas/RunBody' }, 'text/event-stream': { type: 'string' } },
      headers: {
        'Run-Id': 'the id of the run',
        'Exit-Code': 'of the program',
        'Content-Location': 'where the output can be read later',
        'Definition-Owner': "the name of the definition's owner, percent-encoded",
        Warning: '299 - "no message was sent; ...", when the definition asks for one',
      },
    },
    202: {
      what: 'accepted; the end of the run was not waited for',
      body: RunBody,
      headers: { Location: 'the run', 'Preference-Applied': 'the parts of Prefer that were honoured' },
    },
  },
  errors: [
    ...requestErrors,
    'stop',
    'cancelled',
    'message_too_large',
    'idempotency_mismatch',
    'run_gone',
    'exit',
    'signal',
    'timeout',
    'output_limit',
    'memory_limit',
    'cpu_limit',
    'file_size_limit',
    'spawn_error',
    'input_error',
    'output_error',
    'lost',
    'shutting_down',
    'disk_full',
    'launcher_unavailable',
  ],
};

/** POST and PUT. */
export const callRoute: Omit<RouteOptions, 'verb'> = {
  ...executeRoute,
  path: ['call/:ref', 'call/:ref/:second', 'call/:ref/:second/:file'],
  params: {
    ref: 'the name or id of a definition, or owner:name; or the owner of a definition',
    second: 'the name of a definition of that owner; or, where there is none, the name of the file that the message was',
    file: 'the name of the file that the message was',
  },
  summary: 'Run a definition by a short address, as execute/ does',
  description: 'curl -T a.wav -o a.mp3 HOST/call/mp3 sends a file by PUT; behind a last slash curl adds the name of the file.',
};

export const explainRoute: Omit<RouteOptions, 'verb'> = {
  ...shared,
  path: ':ref/explain',
  access: 'runner',
  summary: 'Show what a run would do, without starting it',
  answers: {
    200: {
      what: 'the definition with its owner; whether a message is `given`, `missing` or `not taken`; the resolved command, its files and its limits; paths of a run are shown as their placeholders, and secrets as ***, as are the values of `environment` for users who may not change the definition',
      body: { 'application/json': { type: 'object' } },
    },
  },
  errors: [...requestErrors, 'spawn_error'],
};

export const selfTestRoute: RouteOptions = {
  params: shared.params,
  verb: 'POST',
  path: ':ref/selftest',
  access: 'runner',
  summary: 'Run the examples of a definition, one after the other',
  description:
    'Each is a run of yours, with the trigger `selftest`. All of them may take 600 s together; those that are left then are not run. When you close the connection, the test ends.',
  answers: {
    200: {
      what: 'what each example has become; those that fail do not keep the others from being run',
      body: SelfTestBody,
    },
  },
  errors: requestErrors,
};
