// The call as a line for procreg.
import type { Call, CallText } from '../call.js';
import { command, path, quoted, variable } from './shell.js';

/** Null where procreg has no such command: a service gets its secrets and files only by the API. */
export function procregLine(call: Call): string | null {
  if (call.isService) return call.files.length > 0 || call.texts.some(({ field }) => field.isSecret) ? null : sendLine(call);
  const { reference, message, files } = call;
  const result = call.resultName === null ? [] : [`-o ${quoted(path(call.resultName))}`];
  const parameters = [...call.texts.map(parameter), ...files.map(({ name, file }) => `--${name} ${quoted(path(file.name))}`)];
  const input = message instanceof File ? [`-i ${quoted(path(message.name))}`] : message === null && call.takesMessage ? ['-n'] : [];
  const options = call.switches.flatMap(([name, text]) => (/timeout|priority/.test(name) ? [`-${name}=${quoted(text)}`] : []));
  return fed(message, command(['procreg run', ...input, ...result, ...options, quoted(reference), ...parameters].reduce(beside, [])));
}

/** The command and its first word are on one line. */
function beside(parts: string[], part: string): string[] {
  return parts.length === 1 ? [`${parts[0]} ${part}`] : [...parts, part];
}

function sendLine({ reference, message, texts }: Call): string {
  const parameters = texts.map(({ field: { name }, text }) => `--param ${quoted(`${name}=${text}`)}`);
  const input = message instanceof File ? [`-i ${quoted(path(message.name))}`] : [];
  return fed(message, command(['procreg send', ...input, ...parameters, quoted(reference)].reduce(beside, [])));
}

/** A text comes by stdin. */
function fed(message: Call['message'], line: string): string {
  if (message === null || message instanceof File) return line;
  if (typeof message === 'string') return `printf %s ${quoted(message)} | ${line}`;
  const [, run, left] = /^run:([^/]+)\/(?:files\/)?(.*)$/.exec(message.from) as RegExpExecArray;
  return `procreg cp ${quoted(`${run}:${left}`)} - | ${line}`;
}

function parameter({ field, text }: CallText): string {
  const { name, isSecret, kind } = field;
  if (isSecret) return `--${name}="$${variable(name)}"`;
  if (kind === 'switch') return text === 'true' ? `--${name}` : `--no-${name}`;
  return text.startsWith('-') || text === '' ? `--${name}=${quoted(text)}` : `--${name} ${quoted(text)}`;
}
