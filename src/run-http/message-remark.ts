// What a caller is told about its message: the definition takes one and none came, or it takes none and one came.
import { chooseInput, isNone, isStream } from '../model/adapter-choice.js';
import { CodedError } from '../model/coded-error.js';
import { declaredParameters, isService, type ProcessDefinition } from '../model/definition.js';
import type { RunRequest } from '../runs/run-request.js';

const namesBound = 20;

/** A sentence when no message came; null when one came, or when none is taken. A service is started by a request without one. */
export function missingMessage({ content, message }: Pick<RunRequest, 'content' | 'message'>): string | null {
  if (message.kind !== 'none' || isNone(chooseInput(content)) || isService(content)) return null;
  return 'no message was sent; this definition takes one, which is the body of the request';
}

/** For explain/. */
export function messageState({ content, message }: Pick<RunRequest, 'content' | 'message'>): 'given' | 'missing' | 'not taken' {
  if (isNone(chooseInput(content))) return 'not taken';
  return message.kind === 'none' ? 'missing' : 'given';
}

/** Whether the definition itself says that it takes a message; standard input is what it has when it says nothing. */
export function asksForMessage(definition: ProcessDefinition): boolean {
  return definition.input_adapter !== undefined || !isStream(chooseInput(definition));
}

export function messageNotTaken(definition: ProcessDefinition): CodedError {
  const names = Object.keys(declaredParameters(definition));
  const shown = names.length > namesBound ? [...names.slice(0, namesBound), '…'] : names;
  const what =
    names.length === 0
      ? 'and no parameters; send an empty body'
      : `the body may only be its parameters, as a JSON object or a form: ${shown.join(', ')}. A definition with parameters takes a message if it has an input_adapter`;
  return new CodedError('message_not_taken', `this definition takes no message${names.length === 0 ? ' ' : '; '}${what}`);
}
