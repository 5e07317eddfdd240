// The examples of a definition: one click fills the form in.
import type { Field, Program } from '../../parts/form/fields.js';
import { emptyFilled, type Filled, isFileKind, type Value, valueFrom } from '../../parts/form/filled.js';

type Example = NonNullable<Program['examples']>[number];

interface ExamplesProps {
  program: Program;
  fields: Field[];
  choose(more: Pick<Filled, 'values' | 'message'>): void;
}

export function Examples({ program: { examples = [] }, fields, choose }: ExamplesProps) {
  if (examples.length === 0) return null;
  const fill = ({ message = '', parameters = {} }: Example) => {
    const { values } = emptyFilled(fields);
    const given = fields.filter(({ name }) => name in parameters).map((field) => [field.name, exampleValue(field, parameters[field.name])]);
    choose({
      values: { ...values, ...Object.fromEntries(given) },
      message: typeof message === 'string' ? { text: message, files: [] } : { text: '', files: [fileOf('message', message)] },
    });
  };
  return (
    <div class="field examples">
      <span class="muted">Examples</span>
      <div class="actions">
        {examples.slice(0, 6).map((example, at) => (
          <button type="button" class="quiet small" key={at} onClick={() => fill(example)}>
            {shortened(nameOf(example)) || `Example ${at + 1}`}
          </button>
        ))}
      </div>
    </div>
  );
}

function exampleValue(field: Field, value: unknown): Value {
  return isFileKind(field) ? [value].flat().map((one) => fileOf(field.name, one)) : valueFrom(field, value);
}

/** A file of an example is a text, or an object with a text or base64, and maybe a name. */
function fileOf(name: string, value: unknown): File {
  const given =
    typeof value === 'object' && value !== null ? (value as { name?: string; text?: string; base64?: string }) : { text: String(value) };
  const { base64, text = '' } = given;
  const content = base64 === undefined ? text : Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new File([content], given.name ?? name);
}

function nameOf({ message, parameters }: Example): string {
  const values = Object.entries(parameters ?? {}).map(
    ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return values.length > 0 ? values.join(', ') : typeof message === 'string' ? message.trim() : '';
}

function shortened(text: string): string {
  return text.length > 28 ? `${text.slice(0, 28).toWellFormed()}…` : text;
}
