// The form of a definition, and beside it the command that it makes: the fields, the button, and what the server says about them.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useWho } from '../../frame/who.js';
import type { StoredDefinition } from '../../parts/definition.js';
import { referenceOf } from '../../parts/definition.js';
import { callOf } from '../../parts/form/call.js';
import { FieldInput, fieldId } from '../../parts/form/field-input.js';
import { fieldsOf, isService, messageInput, type Program } from '../../parts/form/fields.js';
import { emptyFilled, type Filled, fitting, type Value } from '../../parts/form/filled.js';
import { MessageInput, messageName } from '../../parts/form/message-input.js';
import { useKeys } from '../../parts/keys.js';
import { CommandPanel } from './command-panel.js';
import { forgetDrafts, keepDraft } from './drafts.js';
import { Examples } from './examples.js';
import { hasParameters, isEmpty, lacksItems, shownFilled, verbOf } from './form-state.js';
import { RunButton } from './run-button.js';
import { RunOptions } from './run-options.js';
import type { Started } from './start-runs.js';
import { useStarting } from './use-starting.js';
import '../../parts/form/form.css';
import './definition.css';

interface RunFormProps {
  stored: StoredDefinition;
  /** Of the page, as far as it decides what the form begins with. */
  address: string;
  first: Filled;
  notices: string[];
  /** The service runs already. */
  isRunning: boolean;
  /** Only the form, without the command. */
  isBare?: boolean;
  started(all: Started[]): void;
}

export function RunForm({ stored, address, first, notices, isRunning, isBare, started }: RunFormProps) {
  const program = stored.definition as Program;
  const fields = useMemo(() => fieldsOf(program), [program]);
  const input = messageInput(program);
  const reference = referenceOf(useWho(), stored);
  const form = useRef<HTMLFormElement>(null);
  const [last, fill] = useState(first);
  const filled = fitting(fields, last);
  const starting = useStarting();
  const change = (next: Filled) => {
    keepDraft(stored.id, address, next);
    fill(next);
  };
  const setValue = (name: string, value: Value) => {
    starting.forgive(name);
    change({ ...filled, values: { ...filled.values, [name]: value } });
  };
  const run = async () => {
    keepDraft(stored.id, address, filled);
    const all = await starting.start({ definition: stored.id, reference, program, fields, filled });
    if (all) started(all);
  };
  useFirstFault(form, starting.faults);
  useKeys({ 'Mod+Enter': { what: 'Run', run: () => form.current?.requestSubmit() } });
  const clear = () => {
    forgetDrafts(stored.id);
    fill(emptyFilled(fields));
  };
  return (
    <div class={isBare ? 'run-form is-bare' : 'run-form'}>
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!starting.isBusy) void run();
        }}
      >
        {notices.map((notice) => (
          <p class="notice" key={notice}>
            {notice}
          </p>
        ))}
        <Examples program={program} fields={fields} choose={(more) => change({ ...filled, ...more })} />
        {input.kind !== 'none' && (
          <MessageInput
            input={input}
            isRequired={input.kind === 'file' || isRunning}
            value={filled.message}
            fault={starting.faults[messageName]}
            change={(message) => {
              starting.forgive(messageName);
              change({ ...filled, message });
            }}
          />
        )}
        {fields.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            value={filled.values[field.name]}
            fault={starting.faults[field.name]}
            change={(value) => setValue(field.name, value)}
          />
        ))}
        <RunButton starting={starting} verb={verbOf(program, filled, isRunning)} clear={isEmpty(fields, filled) ? undefined : clear}>
          {!isService(program) && <RunOptions lane={program.lane} value={filled} change={(more) => change({ ...filled, ...more })} />}
        </RunButton>
      </form>
      {!isBare && (
        <CommandPanel
          definition={stored.id}
          call={callOf(reference, program, fields, shownFilled(input.kind, fields, filled))}
          program={program}
          isValid={() => hasParameters(form.current) && !lacksItems(fields, filled)}
        />
      )}
    </div>
  );
}

/** The first field that the server does not accept gets the focus. */
function useFirstFault(form: { current: HTMLFormElement | null }, faults: Record<string, string>): void {
  useEffect(() => {
    if (Object.keys(faults).length === 0) return;
    const labels = [...(form.current?.querySelectorAll('.field > label') ?? [])];
    const faulty = labels.find(({ id }) => Object.keys(faults).some((name) => id === `${fieldId(name)}-label`));
    faulty?.parentElement?.querySelector<HTMLElement>('input, textarea, select, button')?.focus();
  }, [faults]);
}
