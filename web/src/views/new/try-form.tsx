// The form that a program will have: filled in to try the program before it is saved.
import { useMemo, useState } from 'preact/hooks';
import { ApiError } from '../../api/client.js';
import { callOf } from '../../parts/form/call.js';
import { FieldInput } from '../../parts/form/field-input.js';
import { fieldsOf, messageInput, type Program } from '../../parts/form/fields.js';
import { emptyFilled, type Filled, type Value } from '../../parts/form/filled.js';
import { MessageInput } from '../../parts/form/message-input.js';
import { sendCall } from '../../parts/form/send-call.js';
import { Problem, sentence } from '../../parts/problem.js';
import '../../parts/form/form.css';
import type { Trial } from './trial.js';
import { TrialResult } from './trial-result.js';

export function TryForm({ program, trial, isSound }: { program: Program; trial: Trial; isSound: boolean }) {
  const fields = useMemo(() => fieldsOf(program), [JSON.stringify(program.parameters)]);
  const input = messageInput(program);
  const [filled, fill] = useState<Filled>(() => emptyFilled(fields));
  const [run, show] = useState<string | null>(null);
  const [error, fail] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const values: Record<string, Value> = { ...emptyFilled(fields).values, ...filled.values };
  const start = async () => {
    setBusy(true);
    fail(undefined);
    try {
      const definition = await trial.store(program);
      const call = callOf(String(definition), program, fields, { ...filled, values });
      const signal = new AbortController().signal;
      const { header, body } = await sendCall(call, { definition, prefer: 'respond-async', signal, progress: () => {} });
      show(header('Run-Id') ?? JSON.parse(await body.text()).id);
    } catch (cause) {
      fail(cause);
    }
    setBusy(false);
  };
  const faults = faultsOf(error);
  return (
    <>
      <form
        class="try-form"
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        {input.kind !== 'none' && (
          <MessageInput
            input={input}
            isRequired={input.kind === 'file'}
            value={filled.message}
            change={(message) => fill({ ...filled, message })}
          />
        )}
        {fields.map((field) => (
          <FieldInput
            key={field.name + field.kind}
            field={field}
            value={values[field.name]}
            fault={faults[field.name]}
            change={(value) => fill({ ...filled, values: { ...values, [field.name]: value } })}
          />
        ))}
        {fields.length === 0 && input.kind === 'none' && <p class="muted">It needs nothing.</p>}
        {error !== undefined && Object.keys(faults).length === 0 && <Problem error={error} />}
        <button type="submit" class="quiet" disabled={isBusy || !isSound}>
          {isBusy ? 'Sending…' : 'Try it'}
        </button>
      </form>
      {run && <TrialResult key={run} id={run} />}
    </>
  );
}

function faultsOf(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError) || error.code !== 'invalid_parameters' || !Array.isArray(error.body.faults)) return {};
  return Object.fromEntries(
    error.body.faults.map(({ path, message }: { path: string; message: string }) => [path.split(/[.[]/)[0], sentence(message)]),
  );
}
