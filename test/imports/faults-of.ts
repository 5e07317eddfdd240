// The faults of a definition by the server's own validation.
import { validateDefinition } from '../../src/definitions/validate-definition.js';
import { CodedError } from '../../src/model/coded-error.js';

export async function faultsOf(definition: object): Promise<unknown[]> {
  try {
    await validateDefinition(definition, 1);
    return [];
  } catch (error) {
    if (error instanceof CodedError) return [error.message];
    throw error;
  }
}
