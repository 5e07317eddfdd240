// Faults of a definition: what is wrong and where, all at once.
import { CodedError } from '../protocol/coded-error.js';

export interface Fault {
  /** As in `argv[2]` or `input_adapter.input_parameters.tcp_port`. */
  path: string;
  message: string;
}

export function invalidDefinition(faults: Fault[]): CodedError {
  const text = faults.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
  return new CodedError('invalid_definition', `The definition is not valid. ${text}`, { faults });
}
