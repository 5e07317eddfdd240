// Who may write a definition that runs as a user of the machine (`run_as`): admins only, and only with a user whom this server allows.
import { CodedError } from '../model/coded-error.js';
import type { ProcessDefinition } from '../model/definition.js';
import type { Principal } from '../model/roles.js';
import type { RunAsUsers } from '../model/run-as-users.js';
import type { DefinitionRow } from './definition-rows.js';
import { invalidDefinition, listFaults } from './faults.js';

type Writer = Pick<Principal, 'role'>;

/** For a definition that is to be stored. Throws forbidden, and invalid_definition for a user whom this server does not allow. */
export function checkRunAs(writer: Writer, { run_as: name }: Pick<ProcessDefinition, 'run_as'>, users: RunAsUsers): void {
  if (name === undefined) return;
  if (writer.role !== 'admin') throw new CodedError('forbidden', `only an admin may store a definition with run_as, here '${name}'`);
  const message = users.fault(name);
  if (message !== undefined) throw invalidDefinition(listFaults([{ path: 'run_as', message }]));
}

/** For a definition that is to be changed or removed, as it is stored. Throws forbidden. */
export function checkStored(writer: Writer, { id, definition }: Pick<DefinitionRow, 'id' | 'definition'>): void {
  if (writer.role === 'admin' || !definition.includes('"run_as"')) return;
  const { run_as: name } = JSON.parse(definition) as ProcessDefinition;
  if (name === undefined) return;
  throw new CodedError('forbidden', `the definition ${id} runs as the user '${name}' (run_as), so only an admin may change or remove it`);
}
