// Asks the server what it thinks of a definition, without storing it.
import type { Connection } from '../http/connection.js';
import { type Fault, Refusal } from '../http/refusal.js';
import type { Definition } from './stored-definition.js';

export interface Verdict {
  faults: string[];
  warnings: string[];
}

const line = ({ path, message }: Fault) => `${path ? `${path}: ` : ''}${message}`;

export async function checkDefinition(connection: Connection, definition: Definition): Promise<Verdict> {
  try {
    const { warnings = [] } = await connection.json<{ warnings?: Fault[] }>({
      method: 'POST',
      path: '/api/process_definition/validate/',
      json: { definition },
    });
    return { faults: [], warnings: warnings.map(line) };
  } catch (error) {
    if (!(error instanceof Refusal) || ![400, 403, 413].includes(error.status)) throw error;
    return { faults: error.faults.length > 0 ? error.faults.map(line) : [error.message], warnings: [] };
  }
}
