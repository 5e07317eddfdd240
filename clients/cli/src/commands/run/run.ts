// Runs a definition as if its program stood on this machine.
import type { ProcessDefinition } from '../../../../../src/model/definition.js';
import type { Act } from '../../command-row.js';
import { exitCodes, Failure } from '../../failure.js';
import type { Connection } from '../../http/connection.js';
import { retryMs } from '../../http/patience.js';
import { asRunFailure } from '../../runs/follow-run.js';
import { readDefinition, refuseService, resultSource } from '../../runs/known-definition.js';
import { secondsOf } from '../../terminal/durations.js';
import { print } from '../../terminal/table.js';
import { messageFor } from './message.js';
import { givenParameters } from './parameters.js';
import { parametersHelp } from './parameters-help.js';
import { type StartOptions, startAndFollow } from './start-and-follow.js';
import { startRun } from './start-run.js';

interface RunOptions extends StartOptions {
  input?: string;
  /** False: -n. */
  message?: boolean;
  timeout?: string;
  priority?: string;
}

export const run: Act = async ({ connection }, [name, ...words], options: RunOptions) => {
  if (name.startsWith('-')) throw new Failure(`unknown option '${name}'`, { exitCode: exitCodes.usage, hint: 'procreg run --help' });
  try {
    const definition = await readDefinition(connection, name);
    if (words.length === 1 && words[0] === '--help') return printHelp(name, definition);
    refuseService(name, definition);
    return await runOf(connection, { name, definition, words, options });
  } catch (error) {
    throw asRunFailure(error);
  }
};

function printHelp(name: string, definition: ProcessDefinition): number {
  print(parametersHelp(name, definition));
  return 0;
}

interface Asked {
  name: string;
  definition: ProcessDefinition;
  words: string[];
  options: RunOptions;
}

async function runOf(connection: Connection, { name, definition, words, options }: Asked): Promise<number> {
  const given = givenParameters(name, definition, words);
  const timeout = options.timeout === undefined ? undefined : secondsOf(options.timeout);
  const message = await messageFor(name, definition, { input: options.input, none: options.message === false });
  const { priority, key, output } = options;
  const wanted = { name, definition, given, message, timeout, priority, key, outputName: output?.split('/').at(-1) };
  return startAndFollow(connection, {
    options,
    isLarge: message !== undefined && !(message.isRepeatable && (message.bytes ?? 0) <= 2 ** 20),
    source: async () => resultSource(definition),
    start: (signal) => startRun(connection, { ...wanted, retryMs: retryMs(), signal }),
  });
}
