// The form, once it is known what it begins with.
import { useState } from 'preact/hooks';
import { useWho } from '../../frame/who.js';
import type { StoredDefinition } from '../../parts/definition.js';
import { fieldsOf, isService, type Program } from '../../parts/form/fields.js';
import { Loaded } from '../../parts/loaded.js';
import { useResource } from '../../parts/resource.js';
import { addressOf, type First, firstFilled } from './first-filled.js';
import { RunForm } from './run-form.js';
import { ServiceState, useService } from './service-state.js';
import type { Started } from './start-runs.js';

interface FilledFormProps {
  stored: StoredDefinition;
  query: URLSearchParams;
  hash: string;
  isBare?: boolean;
  started(all: Started[]): void;
}

export function FilledForm(props: FilledFormProps) {
  const { stored, query, hash } = props;
  const address = addressOf({ query, hash });
  const { user } = useWho();
  if (user.role === 'viewer') return <p class="notice">You may see this, but not run it. An admin can give you the role runner.</p>;
  // another address begins anew, also where the view stays
  return <Begun key={`${stored.id} ${address}`} {...props} address={address} />;
}

function Begun({ stored, query, hash, isBare, started, address }: FilledFormProps & { address: string }) {
  const program = stored.definition as Program;
  const [begun] = useState(() => firstFilled(stored.id, program, fieldsOf(program), { query, hash }));
  const isLater = begun instanceof Promise;
  const read = useResource<First>(isLater ? `first ${stored.id} ${address}` : null, async () => begun);
  const service = useService(stored.id, isService(program));
  const form = ({ filled, notices }: First) => (
    <RunForm
      stored={stored}
      address={address}
      first={filled}
      notices={notices}
      isRunning={Boolean(service)}
      isBare={isBare}
      started={started}
    />
  );
  return (
    <>
      {isService(program) && <ServiceState run={service} hasParameters={program.parameters !== undefined} />}
      {isLater ? <Loaded resource={read}>{form}</Loaded> : form(begun)}
    </>
  );
}
