// The services that one may see: each definition of a service with its run, and services that were started without a definition.
import { api, request, type Schemas } from '../../api/client.js';
import { activeStates } from '../../frame/live-counts.js';
import { idOf } from '../../parts/bindings.js';

export type ServiceState = 'stopped' | 'starting' | 'ready' | 'restarting' | 'stopping' | 'unknown';

export interface Service {
  key: string;
  name: string;
  description: string;
  /** Its name or number in addresses; null: it has no definition. */
  reference: string | null;
  /** A start needs values that only the form asks for. */
  needsForm: boolean;
  run: Run | null;
  /** `unknown`: the run is somebody else's, who alone sees it. */
  state: ServiceState;
}

type Run = Schemas['RunBody'];

const most = '1000';

/** `owner`: the name of the one who sees nobody else's runs; null: an admin. */
export async function readServices(owner: string | null, signal: AbortSignal): Promise<Service[]> {
  const [definitions, own, runs] = await Promise.all([
    readDefinitions({}, signal),
    owner === null ? null : readDefinitions({ owner }, signal),
    api.GET('/api/run/', { params: { query: { state: activeStates, limit: most } }, signal }),
  ]);
  const services = runs.data!.objects.filter(({ ready }) => ready !== undefined);
  const ownIds = own && new Set(own.map(({ id }) => id));
  const known = new Set(definitions.map(({ resource_uri }) => resource_uri));
  const defined = definitions.map((object) => {
    const run = services.find(({ definition }) => definition === object.resource_uri) ?? null;
    return serviceOf(object, run, run !== null || !ownIds || ownIds.has(object.id));
  });
  return [...defined, ...services.filter(({ definition }) => definition === null || !known.has(definition)).map(withoutDefinition)];
}

async function readDefinitions(filter: { owner?: string }, signal: AbortSignal): Promise<Schemas['DefinitionObject'][]> {
  const query = new URLSearchParams({ process_type: 'service', limit: most, order_by: 'name', ...filter });
  return (await (await request(`/api/process_definition/?${query}`, { signal })).json()).objects;
}

function serviceOf({ definition, resource_uri }: Schemas['DefinitionObject'], run: Run | null, isSeen: boolean): Service {
  const { name, description = '', parameters } = definition as { name?: string; description?: string; parameters?: { required?: [] } };
  const reference = name ?? idOf(resource_uri);
  const needsForm = (parameters?.required ?? []).length > 0;
  return { key: resource_uri, name: reference, description, reference, needsForm, run, state: isSeen ? stateOf(run) : 'unknown' };
}

function withoutDefinition(run: Run): Service {
  const name = run.definition_name ?? run.exec;
  return { key: run.id, name, description: '', reference: null, needsForm: false, run, state: stateOf(run) };
}

function stateOf(run: Run | null): ServiceState {
  if (!run) return 'stopped';
  if (run.state === 'stopping') return 'stopping';
  if (run.next_start_at !== undefined || (run.state === 'queued' && run.attempt > 1)) return 'restarting';
  return run.state === 'running' && run.ready ? 'ready' : 'starting';
}

/** `execute/` without a message makes sure that it runs; the answer comes when it is being started. */
export async function startService({ key }: Service): Promise<void> {
  await request(`/api/process_definition/${idOf(key)}/execute/`, { method: 'POST', headers: { Prefer: 'respond-async' } });
}

export async function stopService({ run }: Service): Promise<void> {
  await api.POST('/api/run/{id}/stop/', { params: { path: { id: run!.id } }, body: {} });
}
