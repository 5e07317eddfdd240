// A filled-in form as one request: what stands in its address, what in its body.
import { type Field, isService, messageInput, type Program, resultExtension } from './fields.js';
import { type Chosen, type Filled, isFileKind, isGiven, textsOf } from './filled.js';

export interface CallText {
  field: Field;
  text: string;
}

export interface Call {
  /** The definition in addresses and in commands. */
  reference: string;
  /** Those of the server, which begin with a dash. */
  switches: [name: string, text: string][];
  texts: CallText[];
  files: { name: string; file: File }[];
  /** What the message is: nothing, a text, a file, or what an earlier run has left. */
  message: null | string | File | { from: string };
  takesMessage: boolean;
  isService: boolean;
  /** A name for the result, where it is a file. */
  resultName: string | null;
}

/** Stands in commands for a file that has not been chosen yet. */
export const anyFile = new File([], 'FILE');

/** More of an address is not taken by servers, of which 16 KiB with all headers are the most that ours takes. */
const addressCharacters = 4000;

export function callOf(reference: string, program: Program, fields: Field[], filled: Filled): Call {
  const given = fields.filter((field) => isGiven(field, filled.values[field.name]));
  const input = messageInput(program);
  const message = input.kind === 'none' ? null : messageOf(filled);
  const fileName = message instanceof File && input.kind === 'file' && message !== anyFile ? message.name : '';
  const switches: [string, string][] = [
    ['-timeout', filled.timeout],
    ['-priority', filled.priority],
    ['-input_file', fileName],
    ['-message_from', fromOf(message)],
  ];
  return {
    reference,
    switches: switches.filter(([, text]) => text !== ''),
    texts: given.flatMap((field) => textsOf(field, filled.values[field.name]).map((text) => ({ field, text }))),
    files: given.filter(isFileKind).flatMap(({ name }) => filesOf(name, filled.values[name] as Chosen[])),
    message,
    takesMessage: input.kind !== 'none',
    isService: isService(program),
    resultName: resultName(program, message),
  };
}

function messageOf({ message: { text, files } }: Filled): Call['message'] {
  const [first] = files;
  if (first === undefined) return text === '' ? null : text;
  return 'kept' in first ? null : first;
}

function fromOf(message: Call['message']): string {
  return message !== null && typeof message === 'object' && 'from' in message ? message.from : '';
}

function filesOf(name: string, chosen: Chosen[]): Call['files'] {
  return chosen.flatMap((file) => (file instanceof File ? [{ name, file }] : []));
}

/** in.wav becomes in.mp3. */
function resultName(program: Program, message: Call['message']): string | null {
  const extension = resultExtension(program);
  if (extension === null) return null;
  const stem = message instanceof File ? message.name.replace(/\.[^.]*$/, '') : '';
  const name = stem || 'output';
  const whole = extension === '' ? name : `${name}.${extension}`;
  return message instanceof File && whole === message.name ? `new-${whole}` : whole;
}

/** Whether everything but the message stands in the address; else all of it is a form. */
export function isPlain(call: Call): boolean {
  return (
    call.files.length === 0 && !call.texts.some(({ field }) => field.isSecret) && addressTexts(call).toString().length <= addressCharacters
  );
}

/** The parameters as an address has them. */
export function addressTexts({ texts }: Call): URLSearchParams {
  return new URLSearchParams(texts.map(({ field, text }): [string, string] => [field.name, text]));
}

/** With the question mark; empty where nothing is in the address. */
export function queryOf(call: Call): string {
  const query = new URLSearchParams([...call.switches, ...(isPlain(call) ? addressTexts(call) : [])]);
  return query.size > 0 ? `?${query}` : '';
}

/** The path of the short address of a definition. */
export function callPath({ reference }: Pick<Call, 'reference'>): string {
  return `/call/${encodeURIComponent(reference).replace('%3A', ':')}`;
}
