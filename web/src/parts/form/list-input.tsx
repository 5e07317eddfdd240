// A list: a row for each item, which can be added and taken away.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { ChoiceInput } from './field-input.js';
import type { Field } from './fields.js';
import { TextInput } from './text-input.js';

interface ListInputProps {
  id: string;
  field: Field;
  value: string[];
  describedBy?: string;
  isFaulty: boolean;
  change(value: string[]): void;
}

export function ListInput({ id, field, value, describedBy, isFaulty, change }: ListInputProps) {
  const item = field.item as Field;
  const element = useRef<HTMLDivElement>(null);
  const added = useRef<number | null>(null);
  // at once: the next key belongs to the new row
  useLayoutEffect(() => {
    if (added.current === null) return;
    element.current?.children[added.current]?.querySelector<HTMLElement>('input, textarea, select')?.focus();
    added.current = null;
  });
  const add = (at: number) => {
    added.current = at;
    change(value.toSpliced(at, 0, ''));
  };
  const remove = (at: number) => {
    change(value.toSpliced(at, 1));
    added.current = Math.max(0, at - 1);
  };
  return (
    <fieldset class="list" aria-labelledby={`${id}-label`} aria-describedby={describedBy}>
      <div class="list-rows" ref={element}>
        {value.map((text, at) => {
          const row = { id: at === 0 ? id : `${id}-${at}`, value: text, isFaulty, change: (next: string) => change(value.with(at, next)) };
          const named = { ...item, title: `${field.title} ${at + 1}` };
          return (
            <div key={`${at} of ${id}`} onKeyDownCapture={(event) => isPlainEnter(event) && add(at + 1)}>
              {item.kind === 'choice' ? <ChoiceInput {...row} field={named} /> : <TextInput {...row} field={named} label={named.title} />}
              <button type="button" class="quiet small" aria-label={`Remove ${field.title} ${at + 1}`} onClick={() => remove(at)}>
                ✕
              </button>
            </div>
          );
        })}
      </div>
      <button type="button" class="quiet small" id={value.length === 0 ? id : undefined} onClick={() => add(value.length)}>
        Add
      </button>
    </fieldset>
  );
}

function isPlainEnter(event: KeyboardEvent): boolean {
  const isOurs =
    event.key === 'Enter' &&
    !event.shiftKey &&
    !event.metaKey &&
    !event.ctrlKey &&
    !event.isComposing &&
    /^(INPUT|TEXTAREA)$/.test((event.target as Element).tagName);
  if (isOurs) event.preventDefault();
  return isOurs;
}
