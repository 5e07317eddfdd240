// The examples of a definition: one click fills the form in.
import type { Field, Program } from '../../parts/form/fields.js';
import { emptyFilled, type Filled, valueFrom } from '../../parts/form/filled.js';

interface ExamplesProps {
  program: Program;
  fields: Field[];
  choose(more: Pick<Filled, 'values' | 'message'>): void;
}

export function Examples({ program: { examples = [] }, fields, choose }: ExamplesProps) {
  if (examples.length === 0) return null;
  const fill = ({ message = '', parameters = {} }: (typeof examples)[number]) => {
    const { values } = emptyFilled(fields);
    const given = fields.filter(({ name }) => name in parameters).map((field) => [field.name, valueFrom(field, parameters[field.name])]);
    choose({ values: { ...values, ...Object.fromEntries(given) }, message: { text: message, files: [] } });
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

function nameOf({ message, parameters }: NonNullable<Program['examples']>[number]): string {
  const values = Object.entries(parameters ?? {}).map(
    ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return values.length > 0 ? values.join(', ') : (message ?? '').trim();
}

function shortened(text: string): string {
  return text.length > 28 ? `${text.slice(0, 28).toWellFormed()}…` : text;
}
