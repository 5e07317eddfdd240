// The bindings that one may see, and the names of the definitions that they run.
import { api, request, type Schemas } from '../api/client.js';
import { type Resource, useResource } from './resource.js';

export interface Bindings {
  list: Schemas['BindingBody'][];
  /** By the resource_uri of the definition. */
  names: Map<string, string>;
}

export function useBindings(): Resource<Bindings> {
  return useResource('bindings', readBindings, ({ type }) => type.startsWith('binding.') || type.startsWith('definition.'));
}

async function readBindings(signal: AbortSignal): Promise<Bindings> {
  const { data } = await api.GET('/api/binding/', { params: { query: { limit: '1000' } }, signal });
  const list = data!.objects;
  const ids = [...new Set(list.map(({ definition }) => idOf(definition)))];
  if (ids.length === 0) return { list, names: new Map() };
  const answer = await request(`/api/process_definition/?${new URLSearchParams({ id__in: ids.join(','), limit: '1000' })}`, { signal });
  const { objects } = (await answer.json()) as Schemas['DefinitionList'];
  return { list, names: new Map(objects.map(({ resource_uri, definition, id }) => [resource_uri, String(definition.name ?? id)])) };
}

/** What a definition is called in an address: its name, or the number of one that one does not see. */
export function idOf(definition: string): string {
  return definition.split('/').at(-2) as string;
}
