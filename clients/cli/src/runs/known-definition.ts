// A definition as the server keeps it, and what `run` must know of it: whether it takes a message, and where its result comes from.
import { chooseInput, chooseOutput, isNone, isStream } from '../../../../src/model/adapter-choice.js';
import { isService, type ProcessDefinition } from '../../../../src/model/definition.js';
import { exitCodes, Failure } from '../failure.js';
import type { Connection } from '../http/connection.js';
import { Refusal } from '../http/refusal.js';
import { segment } from '../http/segment.js';

/** `stdout`, `stderr`: what the program writes there, as it comes; `end`: known at the end of the run; `none`: nothing comes out. */
export type ResultSource = 'stdout' | 'stderr' | 'end' | 'none';

export const definitionPath = (reference: string) => `/api/process_definition/${segment(reference)}/`;

/** Throws a Failure with the exit code 127 for an unknown definition. */
export async function readDefinition(connection: Connection, reference: string): Promise<ProcessDefinition> {
  try {
    const { definition } = await connection.json<{ definition: ProcessDefinition }>({ path: definitionPath(reference) });
    return definition;
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 404) throw error;
    throw new Failure(`there is no definition '${reference}' on ${connection.server.label}`, {
      exitCode: exitCodes.notFound,
      hint: 'procreg def ls',
    });
  }
}

export function refuseService(name: string, definition: ProcessDefinition): void {
  if (!isService(definition)) return;
  throw new Failure(`${name} is a service, which takes messages while it runs`, {
    exitCode: exitCodes.refused,
    hint: `procreg send ${name}`,
  });
}

export const takesMessage = (definition: ProcessDefinition) => !isNone(chooseInput(definition));

/** Whether the definition says so itself: standard input is what it has when it says nothing, also for a program that reads none. */
export const asksForMessage = (definition: ProcessDefinition) =>
  takesMessage(definition) && (definition.input_adapter !== undefined || !isStream(chooseInput(definition)));

/** Whether the program gets its message as a file, whose name can be chosen. */
export const takesMessageAsFile = (definition: ProcessDefinition) => takesMessage(definition) && !isStream(chooseInput(definition));

export function resultSource(definition: ProcessDefinition): ResultSource {
  const output = chooseOutput(definition);
  if (isNone(output)) return 'none';
  if (!isStream(output)) return 'end';
  return output.parameters.stream_name === 'STDERR' ? 'stderr' : 'stdout';
}
