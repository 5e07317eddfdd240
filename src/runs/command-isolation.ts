// How commands that no definition stores are isolated: in a sandbox, unless an administrator gives them, and then without a port.
import { chooseInput, chooseOutput, isPort, listens } from '../model/adapter-choice.js';
import { CodedError } from '../model/coded-error.js';
import type { ProcessDefinition } from '../model/definition.js';
import type { IsolationLevel } from '../model/isolation-levels.js';
import type { Principal } from '../model/roles.js';

/** For `RunRequest.isolation`. Throws forbidden for a command that asks for a port: it would get the machine's network with it. */
export function isolationOfCommands({ role }: Principal, command: ProcessDefinition): IsolationLevel | undefined {
  if (role === 'admin') return undefined;
  const byPort = [chooseInput(command), chooseOutput(command)].some(isPort);
  if (byPort || listens(command))
    throw new CodedError(
      'forbidden',
      "a command of its own runs in the sandbox, which has no network, so it can have neither ${port} nor an adapter of the type 'port'; store a definition for that, or ask an admin",
    );
  return 'sandbox';
}
