// The names that complete an operand: from the server, or of servers that this machine knows.
import type { Completed } from '../command-row.js';
import { readProfiles } from '../profiles/config-file.js';
import { programOf, type RunPage } from '../runs/run-record.js';
import type { Session } from '../session.js';
import type { Candidate } from './complete.js';

interface Named {
  name?: string;
  username?: string;
  role?: string;
  id?: number;
}

/** How many names are offered. */
const offered = 200;

export async function knownNames(session: Session, what: Completed, current: string): Promise<Candidate[] | 'files'> {
  if (what === 'file') return 'files';
  if (what === 'server') return Object.entries(readProfiles().servers).map(([value, { url }]) => ({ value, text: url }));
  if (what === 'definition') return definitionNames(session, current);
  if (what === 'run') return runIds(session);
  const { objects } = await session.connection.json<{ objects: Named[] }>({ path: `/api/${what}/` });
  return objects.map(({ name, username, role, id }) => ({ value: name ?? username ?? String(id), text: role }));
}

async function definitionNames({ connection }: Session, current: string): Promise<Candidate[]> {
  const [owner, name] = current.includes(':') ? current.split(':') : [undefined, current];
  const query = new URLSearchParams({
    limit: String(offered),
    order_by: 'name',
    ...(name && { name__startswith: name }),
    ...(owner && { owner }),
  });
  const { objects } = await connection.json<{ objects: { definition: { name?: string; description?: string } }[] }>({
    path: `/api/process_definition/?${query}`,
  });
  return objects.flatMap(({ definition: { name: found, description } }) =>
    found === undefined ? [] : [{ value: owner === undefined ? found : `${owner}:${found}`, text: description }],
  );
}

async function runIds({ connection }: Session): Promise<Candidate[]> {
  const { objects } = await connection.json<RunPage>({ path: `/api/run/?limit=${offered}` });
  const runs = objects.map((run) => ({ value: run.id, text: `${run.state} ${programOf(run)}` }));
  return [{ value: '@last', text: 'your newest run' }, ...runs];
}
