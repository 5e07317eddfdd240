// The isolation of ad hoc commands: in a sandbox and without a port, unless an admin sends them.
import { listens, portAdapters } from '../model/adapter-choice.js';
import { CodedError } from '../model/coded-error.js';
import type { ProcessDefinition } from '../model/definition.js';
import type { IsolationLevel } from '../model/isolation-levels.js';
import type { Principal } from '../model/roles.js';

/** The value of `RunRequest.isolation`. Throws forbidden for a command that needs a port, with which it would get the network of the machine. */
export function isolationOfCommands({ role }: Principal, command: ProcessDefinition): IsolationLevel | undefined {
  if (role === 'admin') return undefined;
  if (command.run_as !== undefined) throw new CodedError('forbidden', 'only an admin may give a command with run_as');
  if (portAdapters(command).length > 0 || listens(command))
    throw new CodedError(
      'forbidden',
      "an ad hoc command runs in the sandbox, which has no network, so it can use neither ${port} nor an adapter of the type 'port'; store a definition instead, or ask an admin",
    );
  return 'sandbox';
}
