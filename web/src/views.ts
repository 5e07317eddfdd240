// Which view an address shows. Each is loaded when it is shown for the first time.
import type { ComponentType } from 'preact';

export interface ViewProps {
  /** What stands behind the name of the view in the path, decoded. */
  parts: string[];
  query: URLSearchParams;
  /** Without #. */
  hash: string;
}

type View = ComponentType<ViewProps>;

export const views: Record<string, () => Promise<View>> = {
  definitions: async () => (await import('./views/definitions/definitions-view.js')).DefinitionsView,
};

/** The place whose name is marked while a view is shown. */
export const placeOfView: Record<string, string> = { new: 'definitions' };
