// The arguments of pAgent's methods: by position or by name, as in Python.
import { CodedError } from '../../model/coded-error.js';
import type { IncomingCall } from '../../prpc/incoming-calls.js';

/** The names of the arguments of each method, in their order. */
const names: Record<string, string[]> = {
  job_create: ['name'],
  job_start: ['job_uid', 'args', 'env', 'cwd', 'port_expected_count', 'forward_stdout'],
  job_wait: ['job_uid'],
  job_info: ['job_uid'],
  job_remove: ['job_uid'],
  job_count_current_connection: [],
  file_download: ['job_uid', 'filename', 'chunk_size', 'remove'],
  file_upload: ['job_uid', 'filename', 'executable'],
  archive_download: ['job_uid', 'include_mask', 'exclude_mask', 'compress', 'chunk_size'],
  archive_upload: ['job_uid'],
  http_request: ['job_uid', 'method', 'path', 'query', 'headers'],
  ws_connect: ['job_uid', 'path', 'query', 'headers'],
};

export interface Given {
  /** The arguments that were given. */
  values: Record<string, unknown>;
  /** Throws invalid_request for a value that is not text. */
  text(name: string): string;
  /** The text of this argument; undefined when it was not given. */
  optionalText(name: string): string | undefined;
  flag(name: string): boolean;
  /** Throws invalid_request for a value that is not a list of pairs of texts. */
  pairs(name: string): [string, string][];
}

/** Throws invalid_request for an argument that the method does not have. */
export function namedArguments({ method, args, kwargs }: IncomingCall): Given {
  const known = names[method];
  const wrong = args.length > known.length ? 'so many' : Object.keys(kwargs).find((name) => !known.includes(name));
  if (wrong !== undefined) throw invalid(`${method} takes no argument ${wrong}; it takes ${known.join(', ') || 'none'}`);
  const values = { ...Object.fromEntries(args.map((value, index) => [known[index], value])), ...kwargs };
  const text = (name: string): string => {
    const value = values[name];
    if (typeof value !== 'string') throw invalid(`${method} needs the text ${name}`);
    return value;
  };
  return {
    values,
    text,
    optionalText: (name) => (values[name] === undefined || values[name] === null ? undefined : text(name)),
    flag: (name) => values[name] === true,
    pairs: (name) => {
      const list = values[name] ?? [];
      if (!Array.isArray(list) || !list.every(isPair)) throw invalid(`${method} needs ${name} as a list of pairs of texts`);
      return list;
    },
  };
}

function isPair(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((element) => typeof element === 'string');
}

function invalid(what: string): CodedError {
  return new CodedError('invalid_request', `Invalid request payload: ${what}`);
}
