// The client `procreg`: parses the command line, and ends with the exit code of the command.

import { Failure, report } from './failure.js';
import { programOf } from './program.js';

programOf(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error) => (process.exitCode = report(error instanceof Failure ? error : new Failure(String((error as Error)?.stack ?? error)))),
);
