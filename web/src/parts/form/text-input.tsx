// A field of text, numbers or JSON: checked as one types by what its declaration says.
import { type Field, mainType } from './fields.js';

export interface InputProps {
  id: string;
  field: Field;
  value: string;
  /** The ids of its help and its fault. */
  describedBy?: string;
  /** Of a row, which has no name beside it. */
  label?: string;
  isFaulty: boolean;
  change(text: string): void;
}

const types: Record<string, string> = { email: 'email', uri: 'url', date: 'date' };

export function TextInput(props: InputProps) {
  const { id, field, value, describedBy, label, isFaulty, change } = props;
  const { kind, schema, isRequired, isSecret } = field;
  const isLong = kind === 'json' || value.includes('\n') || (schema.maxLength ?? 0) > 200;
  const common = {
    id,
    name: field.name,
    value,
    required: isRequired,
    'aria-label': label,
    'aria-describedby': describedBy,
    'aria-invalid': isFaulty,
    spellcheck: false,
    autocomplete: isSecret ? 'new-password' : 'off',
    placeholder: placeholderOf(field),
    onInput: ({ currentTarget: { value: text } }: { currentTarget: { value: string } }) => change(text),
    ref: (element: HTMLInputElement | HTMLTextAreaElement | null) => element?.setCustomValidity(faultOf(field, value)),
  };
  if (kind === 'number') {
    const step = mainType(schema) === 'integer' ? 1 : 'any';
    return <input {...common} type="number" step={step} min={schema.minimum} max={schema.maximum} />;
  }
  if (kind === 'text' && ((isSecret && !isLong) || types[schema.format ?? '']))
    return (
      <input
        {...common}
        type={(isSecret ? 'password' : types[schema.format as string]) as 'text'}
        onPaste={(event) => pasted(event, change)}
      />
    );
  const rows = Math.min(16, value.split('\n').length);
  return (
    <textarea
      {...common}
      class={`${isSecret ? 'masked' : ''} ${kind === 'json' ? 'mono' : ''} growing`}
      rows={Math.max(rows, isLong ? 3 : 1)}
      minLength={schema.minLength}
      maxLength={schema.maxLength}
      onKeyDown={(event) => !isLong && submitByEnter(event)}
    />
  );
}

/** As in a field of one line; with Shift it begins another line. */
function submitByEnter(event: KeyboardEvent): void {
  if (event.key !== 'Enter' || event.shiftKey || event.metaKey || event.ctrlKey || event.isComposing || event.defaultPrevented) return;
  event.preventDefault();
  (event.currentTarget as HTMLTextAreaElement).form?.requestSubmit();
}

/** A field of one line would join the lines of a key. */
function pasted(event: ClipboardEvent, change: (text: string) => void): void {
  const text = event.clipboardData?.getData('text') ?? '';
  if (!text.includes('\n')) return;
  event.preventDefault();
  change(text);
}

function placeholderOf({ kind, schema }: Field): string | undefined {
  if (kind === 'json') return mainType(schema) === 'array' ? '[]' : '{}';
  const [example] = Array.isArray(schema.examples) ? schema.examples : [];
  return typeof example === 'string' || typeof example === 'number' ? String(example) : undefined;
}

/** What the browser cannot check by itself; empty: nothing is wrong. Patterns that only the server understands are left to it. */
function faultOf({ kind, schema }: Field, value: string): string {
  if (value === '') return '';
  if (kind === 'json') return jsonFault(value);
  if (kind !== 'text' || schema.pattern === undefined) return '';
  try {
    return new RegExp(schema.pattern, 'u').test(value) ? '' : `This must match ${schema.pattern}`;
  } catch {
    return '';
  }
}

function jsonFault(text: string): string {
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    return `This is not JSON: ${(error as Error).message}`;
  }
}
