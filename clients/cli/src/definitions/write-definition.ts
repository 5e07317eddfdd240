// Stores and removes definitions, each only if it is still as it was read.
import { Failure } from '../failure.js';
import type { Connection } from '../http/connection.js';
import { Refusal } from '../http/refusal.js';
import { type Definition, definitionPath, type Stored } from './stored-definition.js';

export async function createDefinition(connection: Connection, definition: Definition): Promise<void> {
  await connection.json({ method: 'POST', path: '/api/process_definition/', json: { definition } });
}

/** Throws a Failure when somebody else has changed it since `stored` was read. */
export async function changeDefinition(connection: Connection, stored: Stored, definition: Definition): Promise<void> {
  const path = definitionPath(stored.id);
  const headers = { 'if-match': stored.etag };
  await connection.json({ method: 'PUT', path, headers, json: { definition } }).catch(explained(stored));
}

export async function removeDefinition(connection: Connection, stored: Stored): Promise<void> {
  const path = definitionPath(stored.id);
  const headers = { 'if-match': stored.etag };
  await connection.json({ method: 'DELETE', path, headers }).catch(explained(stored));
}

function explained({ definition, id }: Stored) {
  return (error: unknown) => {
    if (!(error instanceof Refusal) || error.status !== 412) throw error;
    const name = definition.name ?? id;
    throw new Failure(`${name} has been changed meanwhile by somebody else, so that it was left as it is`, {
      hint: `procreg def show ${name}`,
    });
  };
}
