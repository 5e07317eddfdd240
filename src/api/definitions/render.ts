// Definitions in the shapes of tastypie; the stored JSON text goes into the response as it is.
import type { DefinitionRow } from '../../definitions/definition-rows.js';
import type { FaultList } from '../../definitions/faults.js';
import { shownDefinition } from '../../definitions/shown-definition.js';
import { definitionUri } from '../../http/urls.js';
import type { Principal } from '../../model/roles.js';

type Rendered = Pick<DefinitionRow, 'id' | 'ownerId' | 'definition'>;

export function renderDefinition(viewer: Principal, row: Rendered, warnings?: FaultList): string {
  const { id } = row;
  const shown = shownDefinition(viewer, row, row.definition);
  return `{"definition": ${shown}, "id": ${id}, "resource_uri": ${JSON.stringify(definitionUri(id))}${warnings ? renderWarnings(warnings) : ''}}`;
}

/** Nothing where there are none, so that clients of tastypie see its fields alone. */
function renderWarnings({ faults, more }: FaultList): string {
  if (faults.length === 0) return '';
  return `, "warnings": ${JSON.stringify(faults)}${more > 0 ? `, "more_warnings": ${more}` : ''}`;
}

export function renderObjects(viewer: Principal, rows: Rendered[]): string {
  return `[${rows.map((row) => renderDefinition(viewer, row)).join(', ')}]`;
}

/** A strong ETag: every change of the stored JSON gives another one. */
export function etagOf({ id, revision, updatedAtMs }: Pick<DefinitionRow, 'id' | 'revision' | 'updatedAtMs'>): string {
  return `"${id}.${revision}.${updatedAtMs.toString(36)}"`;
}

/** The ETag of what `viewer` is shown: a text without the values of the environment has another one, so that no write takes it for the whole. */
export function shownEtag(viewer: Principal, row: DefinitionRow): string {
  const etag = etagOf(row);
  return shownDefinition(viewer, row, row.definition) === row.definition ? etag : etag.replace(/"$/, '.names"');
}

/** ALWAYS_RETURN_DATA: tastypie's switch for the whole server. */
export class AlwaysReturnData {
  constructor(readonly on: boolean) {}
}
