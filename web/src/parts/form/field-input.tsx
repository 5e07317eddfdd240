// One field of a form: its name, what one fills in, its help, and what is wrong with it.
import type { ComponentChildren } from 'preact';
import { DropZone } from './drop-zone.js';
import type { Field } from './fields.js';
import type { Chosen, Value } from './filled.js';
import { ListInput } from './list-input.js';
import { Segmented } from './segmented.js';
import { TextInput } from './text-input.js';

interface FieldInputProps {
  field: Field;
  value: Value;
  /** What the server says about it. */
  fault?: string;
  change(value: Value): void;
}

export const fieldId = (name: string) => `field-${name}`;

export function FieldInput(props: FieldInputProps) {
  const { field, fault } = props;
  return (
    <Labelled name={field.name} title={field.title} help={field.help} isRequired={field.isRequired} fault={fault}>
      {(describedBy) => <Control {...props} id={fieldId(field.name)} describedBy={describedBy} />}
    </Labelled>
  );
}

interface LabelledProps {
  name: string;
  title: string;
  help?: string;
  isRequired: boolean;
  fault?: string;
  children(describedBy: string | undefined): ComponentChildren;
}

export function Labelled({ name, title, help, isRequired, fault, children }: LabelledProps) {
  const id = fieldId(name);
  const describedBy = [help && `${id}-help`, fault && `${id}-fault`].filter(Boolean).join(' ') || undefined;
  return (
    <div class="field">
      <label for={id} id={`${id}-label`}>
        {title}
        {isRequired && (
          <span class="required" title="required">
            {' '}
            *
          </span>
        )}
      </label>
      <div class="field-control">
        {children(describedBy)}
        {help && (
          <p id={`${id}-help`} class="muted small">
            {help}
          </p>
        )}
        {fault && (
          <p id={`${id}-fault`} class="fault small" role="alert">
            {fault}
          </p>
        )}
      </div>
    </div>
  );
}

interface ControlProps extends FieldInputProps {
  id: string;
  describedBy?: string;
}

function Control({ id, field, value, fault, describedBy, change }: ControlProps) {
  const common = { id, describedBy, isFaulty: fault !== undefined };
  if (field.kind === 'file' || field.kind === 'files')
    return (
      <DropZone
        {...common}
        name={field.name}
        chosen={value as Chosen[]}
        isRequired={field.isRequired}
        isList={field.kind === 'files'}
        change={change}
      />
    );
  if (field.kind === 'list') return <ListInput {...common} field={field} value={value as string[]} change={change} />;
  if (field.kind === 'switch')
    return (
      <input
        type="checkbox"
        role="switch"
        class="switch"
        id={id}
        name={field.name}
        aria-describedby={describedBy}
        aria-invalid={fault !== undefined}
        aria-checked={value === true}
        checked={value === true}
        onChange={({ currentTarget: { checked } }) => change(checked)}
      />
    );
  if (field.kind === 'choice') return <ChoiceInput {...common} field={field} value={value as string} change={change} />;
  return <TextInput {...common} field={field} value={value as string} change={change} />;
}

interface ChoiceInputProps {
  id: string;
  field: Field;
  value: string;
  describedBy?: string;
  isFaulty: boolean;
  change(id: string): void;
}

/** Few and short ones stand side by side. */
export function ChoiceInput({ id, field, value, describedBy, isFaulty, change }: ChoiceInputProps) {
  const { choices, isRequired, schema, title } = field;
  const mayBeLeftOut = !isRequired && schema.default === undefined;
  const options = mayBeLeftOut ? [{ id: '', label: '–' }, ...choices] : choices;
  if (choices.length <= 5 && choices.map(({ label }) => label).join('').length <= 40)
    return <Segmented name={id} label={title} options={options} value={value} isRequired={isRequired} change={change} />;
  return (
    <select
      id={id}
      name={field.name}
      value={value}
      required={isRequired}
      aria-describedby={describedBy}
      aria-invalid={isFaulty}
      onChange={({ currentTarget }) => change(currentTarget.value)}
    >
      {(value === '' || mayBeLeftOut) && <option value="" />}
      {choices.map((choice) => (
        <option key={choice.id} value={choice.id}>
          {choice.label}
        </option>
      ))}
    </select>
  );
}
