// Definitions in the shapes of tastypie; the stored JSON text goes into the response as it is.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DefinitionRow } from '../../definitions/definition-rows.js';
import { shownDefinition } from '../../definitions/shown-definition.js';
import { sendEmpty, sendJsonText } from '../../http/send-response.js';
import { definitionUri } from '../../http/urls.js';
import { addVary } from '../../http/vary.js';
import type { Principal } from '../../model/roles.js';

type Rendered = Pick<DefinitionRow, 'id' | 'ownerId' | 'definition'>;

export function renderDefinition(viewer: Principal, row: Rendered): string {
  const { id } = row;
  return `{"definition": ${shownDefinition(viewer, row, row.definition)}, "id": ${id}, "resource_uri": ${JSON.stringify(definitionUri(id))}}`;
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

export interface Written {
  /** The status of a response with the object, and of one without. */
  status: { full: number; empty: number };
  json: () => string;
}

/** The response to a write: empty as with tastypie, or with the data when the server or `Prefer: return=representation` says so. */
export function sendWritten(
  request: FastifyRequest,
  reply: FastifyReply,
  { always, written }: { always: AlwaysReturnData; written: Written },
): void {
  addVary(reply, 'Accept');
  const preferred = /(^|[,;\s])return=representation\b/i.test(String(request.headers.prefer ?? ''));
  if (preferred) void reply.header('preference-applied', 'return=representation');
  if (always.on || preferred) return sendJsonText(reply, written.status.full, written.json());
  if (written.status.empty !== 204) void reply.header('content-type', 'text/html; charset=utf-8');
  sendEmpty(reply, written.status.empty);
}
