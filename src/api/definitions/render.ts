// Definitions in the shapes of tastypie; the stored JSON text goes into the response as it is.
import type { DefinitionRow } from '../../definitions/definition-rows.js';
import type { FaultList } from '../../definitions/faults.js';
import { shownDefinition } from '../../definitions/shown-definition.js';
import { definitionUri } from '../../http/urls.js';
import type { Principal } from '../../model/roles.js';
import type { SelfTestBody } from '../../run-http/example-result.js';

/** What is told of a write besides its result. */
interface Remarks {
  warnings?: FaultList;
  selftest?: SelfTestBody;
}

type Rendered = Pick<DefinitionRow, 'id' | 'ownerId' | 'definition'>;

export function renderDefinition(viewer: Principal, row: Rendered, remarks: Remarks = {}): string {
  const { id } = row;
  const shown = shownDefinition(viewer, row, row.definition);
  return `{"definition": ${shown}, "id": ${id}, "resource_uri": ${JSON.stringify(definitionUri(id))}${renderRemarks(remarks)}}`;
}

/** Nothing where there are none, so that clients of tastypie see its fields alone. */
function renderRemarks({ warnings: { faults, more } = { faults: [], more: 0 }, selftest }: Remarks): string {
  const remarks = {
    ...(faults.length > 0 && { warnings: faults }),
    ...(faults.length > 0 && more > 0 && { more_warnings: more }),
    ...(selftest && { selftest }),
  };
  return Object.entries(remarks)
    .map(([name, value]) => `, "${name}": ${JSON.stringify(value)}`)
    .join('');
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
