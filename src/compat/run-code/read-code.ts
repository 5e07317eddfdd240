// Reads the body of a request to run code; its faults are reported in FastAPI's form.
import type { FastifyRequest } from 'fastify';
import { parseJson, readBounded } from '../../http/json-body.js';
import { CodedError } from '../../model/coded-error.js';
import { Check, CodeFaults, type CodeFile } from './code-faults.js';

const bodyBound = 2 ** 20;

export interface CodeRequest {
  /** Undefined where the caller's own commands are enough. */
  language?: string;
  /** At least one file; the first is the main file. */
  files: CodeFile[];
  stdin: string;
  /** Scripts for sh, in place of the commands of the language; all but the last are build steps. */
  commands?: string[];
  callbackUrl?: string;
}

/** Throws CodeFaults, and body_too_large. */
export async function readCodeRequest(request: FastifyRequest): Promise<CodeRequest> {
  const body = parsed((await readBounded(request, bodyBound)).toString());
  const check = new Check();
  const { image, payload: givenPayload, callback_url: callbackUrl } = check.object(body, ['body']);
  check.text(image, ['body', 'image']);
  const payload = check.object(givenPayload, ['body', 'payload']);
  const at = (...rest: (string | number)[]) => ['body', 'payload', ...rest];
  const { runInstructions, language, stdin, command } = payload;
  const instructions = runInstructions === undefined ? undefined : check.object(runInstructions, at('runInstructions'));
  const run = instructions && check.text(instructions.runCommand, at('runInstructions', 'runCommand'));
  const builds = instructions && check.texts(instructions.buildCommands ?? [], at('runInstructions', 'buildCommands'));
  const read = {
    language: instructions && language === undefined ? undefined : check.text(language, at('language')),
    files: check.files(payload.files, at('files')),
    stdin: check.optionalText(stdin, at('stdin')) ?? '',
    commands: ownCommands(check.optionalText(command, at('command')), run, builds),
    callbackUrl: check.optionalText(callbackUrl, ['body', 'callback_url']),
  };
  if (check.faults.length > 0) throw new CodeFaults(check.faults);
  return read;
}

/** The caller's own commands; an empty command counts as none. */
function ownCommands(command: string | undefined, run?: string, builds: string[] = []): string[] | undefined {
  if (run !== undefined) return [...builds, run];
  return command ? [command] : undefined;
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    const { message, fields } = error as CodedError;
    const { column = 0, detail = message } = fields as { column?: number; detail?: string };
    throw new CodeFaults([{ loc: ['body', column], msg: detail, type: 'value_error.jsondecode' }]);
  }
}
