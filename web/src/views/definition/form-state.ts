// What the state of a form means: for its button, for the commands beside it, and whether there is anything to clear.
import { anyFile } from '../../parts/form/call.js';
import { fieldId } from '../../parts/form/field-input.js';
import { type Field, isService, type Program } from '../../parts/form/fields.js';
import { type Chosen, emptyFilled, type Filled, isFileKind, isGiven, type Value } from '../../parts/form/filled.js';
import { messageName } from '../../parts/form/message-input.js';

/** As commands have it: a program that reads a file shows where it goes, and a file of a former run is one with its name. */
export function shownFilled(input: string, fields: Field[], filled: Filled): Filled {
  const { text, files } = filled.message;
  const named = (one: Chosen) => ('kept' in one ? new File([], one.kept) : one);
  const kept = fields.filter(isFileKind).map(({ name }): [string, Value] => [name, (filled.values[name] as Chosen[]).map(named)]);
  const isMissing = input === 'file' && text === '' && files.length === 0;
  return {
    ...filled,
    values: { ...filled.values, ...Object.fromEntries(kept) },
    message: { text, files: isMissing ? [anyFile] : files.map(named) },
  };
}

/** Whether all but the message could be sent. */
export function hasParameters(form: HTMLFormElement | null): boolean {
  const controls = [...(form?.elements ?? [])] as HTMLInputElement[];
  return controls.every(({ id, validity }) => id === fieldId(messageName) || (validity?.valid ?? true));
}

export function isEmpty(fields: Field[], { rerun: _rerun, ...filled }: Filled): boolean {
  return JSON.stringify(filled) === JSON.stringify(emptyFilled(fields));
}

export function verbOf(program: Program, { message }: Filled, isRunning: boolean): string {
  if (!isService(program)) return 'Run';
  return isRunning || message.text !== '' || message.files.length > 0 ? 'Send' : 'Start';
}

/** Whether a list has no row where it must have one: then nothing is there that the browser could ask for. */
export function lacksItems(fields: Field[], { values }: Filled): boolean {
  return fields.some((field) => field.kind === 'list' && field.isRequired && !isGiven(field, values[field.name]));
}
