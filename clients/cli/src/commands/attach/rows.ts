// The rows of the commands that bring a run to this terminal.
import type { CommandRow } from '../../command-row.js';

const stdin = { flags: '-i, --stdin', summary: 'send stdin to the program' };
const tty = { flags: '-t, --tty', summary: 'this terminal is that of the program; needs -i' };

const ends =
  'The exit code is that of the program. Ctrl-P Ctrl-Q leaves a terminal. A run to which one can type is stopped when nobody is attached ' +
  'any more, unless "on_disconnect": "continue" was said at its start.';

export const attachRows: CommandRow[] = [
  {
    path: 'attach',
    operands: '<run>',
    summary: 'see what a run writes, from its first byte on, and with -i type to it',
    details: ends,
    options: [stdin, tty],
    completes: ['run'],
    examples: ['procreg attach -it @last'],
    load: async () => (await import('./attach.js')).attach,
  },
  {
    path: 'exec',
    operands: '<program> [args...]',
    summary: 'start a command on the server and attach to it; for authors',
    passThrough: true,
    details: `Options of procreg stand before the program. It is a new run with its own work directory: nothing can be started inside of a run that is there already. ${ends}`,
    options: [
      stdin,
      tty,
      { flags: '-e, --env <variable>', summary: 'a variable of its environment: NAME=VALUE', repeats: true },
      { flags: '-w, --cwd <folder>', summary: 'where it runs; default: an empty folder' },
      { flags: '--timeout <seconds>', summary: 'how long it may take' },
      { flags: '--lane <lane>', summary: 'the lane in which it waits' },
      { flags: '--keep-running', summary: 'it keeps running when nobody is attached' },
    ],
    examples: ['procreg exec -it bash', 'procreg exec -i sort -n < numbers'],
    load: async () => (await import('./attach.js')).exec,
  },
];
