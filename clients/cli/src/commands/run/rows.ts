// The row of `run`.
import type { CommandRow } from '../../command-row.js';
import { usualRetrySeconds } from '../../http/patience.js';

/** Options of the commands that start a run. */
export const startOptions = [
  { flags: '-o, --output <file>', summary: 'write the result into this file, which appears when the run has succeeded' },
  { flags: '--async', summary: 'print the id of the run, and do not wait for it' },
  { flags: '--json', summary: 'print the record of the run in place of its result' },
  { flags: '--key <key>', summary: 'an Idempotency-Key: for 24 hours the same request with the same key gives the same run' },
];

export const runRows: CommandRow[] = [
  {
    path: 'run',
    operands: '<name> [parameters...]',
    summary: 'run a definition: stdin goes in, its result comes out, with its exit code',
    details: `Options of procreg stand before the name. Everything behind it belongs to the definition: --parameter value, --parameter=value, --flag and --no-flag for booleans, a repeated --parameter for a list, the path of a file (or run:ID/output) for a file. "procreg run NAME --help" lists them.

stdin is the message if the definition takes one, and is left alone otherwise. A terminal is read only where the definition names an input adapter. The program starts when the message has arrived.

The result goes to stdout: live if it is the stdout of the program, at the end if it is a file. The program's stderr goes to stderr, live. A run has no timeout unless you or the definition set one. When the connection or the server is lost under a run, procreg continues where it was; without the server for ${usualRetrySeconds} seconds (PROCREG_RETRY) it gives up. Ctrl-C, TERM and HUP stop the run; a second one leaves it running. When the reader of stdout goes away, the run is stopped.

The exit code is that of the program. Others are 128 + n for a signal, 124 for a timeout, 125 when the server or the network failed or the run was lost (worth a retry), 126 when the run is not permitted, has a wrong parameter or could not start, and 127 for an unknown definition.`,
    examples: ['procreg run mp3 --bitrate 192k < a.wav > a.mp3', 'procreg run -n -o report.pdf report --month 2026-11'],
    options: [
      { flags: '-i, --input <file>', summary: 'the message; - is stdin' },
      { flags: '-n, --no-message', summary: 'send no message, and leave stdin alone' },
      ...startOptions,
      {
        flags: '--timeout <time>',
        summary: 'end the run after this time, such as 30, 90s, 5m or 2h; it may only shorten that of the definition',
      },
      { flags: '--priority <number>', summary: 'from -1000 to 1000; a run with a higher priority starts first' },
    ],
    completes: ['definition'],
    passThrough: true,
    load: async () => (await import('./run.js')).run,
  },
];
