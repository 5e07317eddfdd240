// Which view an address shows: the one whose path is the longest beginning of it. Each is loaded when it is shown for the first time.
import type { ComponentType } from 'preact';

export interface ViewProps {
  /** What stands behind the first part of the path, decoded. */
  parts: string[];
  query: URLSearchParams;
  /** Without #. */
  hash: string;
}

type View = ComponentType<ViewProps>;

/** By the beginning of the path; `*` is any one part. */
export const views: Record<string, () => Promise<View>> = {
  new: async () => (await import('./views/new/new-view.js')).NewView,
  definitions: async () => (await import('./views/definitions/definitions-view.js')).DefinitionsView,
  'definitions/*': async () => (await import('./views/definition/definition-view.js')).DefinitionView,
  'definitions/*/runs': async () => (await import('./views/definition/definition-runs-view.js')).DefinitionRunsView,
  'definitions/*/edit': async () => (await import('./views/definition-edit/definition-edit-view.js')).DefinitionEditView,
  'definitions/*/history': async () => (await import('./views/definition-history/definition-history-view.js')).DefinitionHistoryView,
  import: async () => (await import('./views/import/import-view.js')).ImportView,
  embed: async () => (await import('./views/definition/embed-view.js')).EmbedView,
  runs: async () => (await import('./views/runs/runs-view.js')).RunsView,
  'runs/*': async () => (await import('./views/run/run-view.js')).RunView,
  services: async () => (await import('./views/services/services-view.js')).ServicesView,
  streams: async () => (await import('./views/streams/streams-view.js')).StreamsView,
  operations: async () => (await import('./views/operations/operations-view.js')).OperationsView,
  account: async () => (await import('./views/account/account-view.js')).AccountView,
  terminal: async () => (await import('./views/terminal/terminal-view.js')).TerminalView,
};

/** The key in `views`, or null where nothing is at this address. */
export function viewAt(parts: string[]): string | null {
  const fits = (key: string) => key.split('/').every((part, at) => parts[at] === part || (part === '*' && at < parts.length));
  const keys = Object.keys(views).filter(fits);
  return keys.sort((one, other) => other.split('/').length - one.split('/').length)[0] ?? null;
}

/** The place whose name is marked while a view is shown, by the first part of the path. */
export const placeOfView: Record<string, string> = { new: 'definitions', import: 'definitions', terminal: 'runs' };
