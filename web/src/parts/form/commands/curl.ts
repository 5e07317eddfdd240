// The call as a line for curl.
import { type Call, callPath, isPlain, queryOf } from '../call.js';
import { command, path, quoted, variable } from './shell.js';

/** `base`: the address of the server, with BASE_PATH. */
export function curlLine(base: string, user: string, call: Call): string {
  const address = quoted(base + callPath(call) + queryOf(call));
  const result = call.resultName === null ? [] : [`-o ${quoted(path(call.resultName))}`];
  return command([`curl -u ${quoted(user)}`, ...bodyOf(call), ...result, address]);
}

function bodyOf(call: Call): string[] {
  const { message, texts, files } = call;
  if (!isPlain(call)) return [...texts.map(textPart), ...files.map(({ name, file }) => filePart(name, file.name)), ...messagePart(call)];
  if (message instanceof File) return [`-T ${quoted(path(message.name))}`, ...(/[[\]{}]/.test(message.name) ? ['-g'] : [])];
  if (typeof message === 'string') return [`-H 'Content-Type: text/plain'`, `--data-raw ${quoted(message)}`];
  return ['-X POST'];
}

function messagePart({ message }: Call): string[] {
  if (message instanceof File) return [filePart('message', message.name)];
  if (typeof message !== 'string') return [];
  return [`-F ${quoted(`message=${inQuotes(message)};filename=message;type=text/plain`)}`];
}

function textPart({ field: { name, isSecret }, text }: Call['texts'][number]): string {
  return isSecret ? `--form-string "${name}=$${variable(name)}"` : `--form-string ${quoted(`${name}=${text}`)}`;
}

function filePart(name: string, file: string): string {
  const isSimple = /^[^",;\\\s]+$/.test(file);
  return `-F ${quoted(`${name}=@${isSimple ? file : inQuotes(file)}`)}`;
}

/** As curl reads the texts of forms. */
function inQuotes(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
