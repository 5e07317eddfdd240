// The client `procreg`: parses the command line, and ends with the exit code of the command.

import { Failure, report } from './failure.js';
import { programOf } from './program.js';

/** 128 + the number of SIGPIPE: what a shell says of a program whose reader has gone away. */
const readerGoneCode = 141;

// a reader of stdout that goes away, as `head` does, is an error of the stream
process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(readerGoneCode);
  process.exit(report(new Failure(String(error.stack ?? error))));
});

programOf(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error) => (process.exitCode = report(error instanceof Failure ? error : new Failure(String((error as Error)?.stack ?? error)))),
);
