// Stores and removes definitions, each only if it is still as it was read.
import { Failure } from '../failure.js';
import type { Connection, Sent } from '../http/connection.js';
import { Refusal } from '../http/refusal.js';
import { type Definition, definitionPath, type Stored } from './stored-definition.js';

/** How long the examples of a definition may take on the server, and some more. */
export const testMs = 660_000;

export interface WriteOptions {
  /** Its examples are run first; where one fails nothing is written. */
  test?: boolean;
}

/** Returns how many examples were run. */
export async function createDefinition(connection: Connection, definition: Definition, { test }: WriteOptions = {}): Promise<number> {
  return write(connection, { method: 'POST', path: '/api/process_definition/', json: { definition } }, test);
}

/** Returns how many examples were run. Throws a Failure when somebody else has changed it since `stored` was read. */
export async function changeDefinition(
  connection: Connection,
  stored: Stored,
  { definition, test }: WriteOptions & { definition: Definition },
): Promise<number> {
  const sent = { method: 'PUT', path: definitionPath(stored.id), headers: { 'if-match': stored.etag }, json: { definition } };
  return write(connection, sent, test).catch(explained(stored));
}

async function write(connection: Connection, sent: Sent, test = false): Promise<number> {
  const { headers } = await connection.receive(test ? { ...sent, path: `${sent.path}?-selftest=1`, silenceMs: testMs } : sent);
  return Number(/^passed=(\d+)$/.exec(String(headers['self-test']))?.[1] ?? 0);
}

export async function removeDefinition(connection: Connection, stored: Stored): Promise<void> {
  const path = definitionPath(stored.id);
  const headers = { 'if-match': stored.etag };
  await connection.json({ method: 'DELETE', path, headers }).catch(explained(stored));
}

function explained({ definition, id }: Stored) {
  return (error: unknown): never => {
    if (!(error instanceof Refusal) || error.status !== 412) throw error;
    const name = definition.name ?? id;
    throw new Failure(`${name} has been changed meanwhile by somebody else, so that it was left as it is`, {
      hint: `procreg def show ${name}`,
    });
  };
}
