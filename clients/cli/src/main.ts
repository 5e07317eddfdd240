// The client `procreg`: parses the command line, and ends with the exit code of the command.

import { Failure, report } from './failure.js';
import { programOf } from './program.js';

try {
  process.exitCode = await programOf(process.argv.slice(2));
} catch (error) {
  process.exitCode = report(error instanceof Failure ? error : new Failure(String((error as Error)?.stack ?? error)));
}
