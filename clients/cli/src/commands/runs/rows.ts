// The rows of the commands about runs.
import type { CommandRow } from '../../command-row.js';
import { listOptions } from '../../terminal/table.js';
import { startOptions } from '../run/rows.js';

const whichRun = 'RUN is the id of a run, its beginning, or @last: your newest run on this server, from wherever it was started.';
const yes = { flags: '-y, --yes', summary: 'do not ask' };
const json = { flags: '--json', summary: 'print JSON' };

export const runsRows: CommandRow[] = [
  {
    path: 'ps',
    summary: 'list the runs that have not ended',
    details:
      'An admin sees the runs of everybody. Ids are shortened to what tells the listed runs apart; -q, --json and -o wide give whole ones.',
    options: [
      { flags: '-a, --all', summary: 'also those that have ended' },
      { flags: '-d, --definition <name>', summary: 'only the runs of this definition' },
      { flags: '--owner <user>', summary: 'only the runs of this user' },
      { flags: '-l, --limit <number>', summary: 'the newest ones; at most 1000', default: '50' },
      ...listOptions,
      { flags: '-o, --output <form>', summary: 'wide: whole ids, with owner and command' },
    ],
    examples: ['procreg ps -a -d mp3', 'procreg stop $(procreg ps -q)'],
    load: async () => (await import('./ps.js')).ps,
  },
  {
    path: 'show',
    operands: '<run...>',
    summary: 'show runs',
    details: whichRun,
    options: [json],
    completes: ['run'],
    load: async () => (await import('./show.js')).show,
  },
  {
    path: 'logs',
    operands: '<run>',
    summary: 'print what a run has written to stdout and stderr',
    details: `${whichRun} Both streams go to stdout, in the order in which they were read.`,
    options: [
      { flags: '-f, --follow', summary: 'follow the run to its end; continues after a lost connection' },
      { flags: '--stream <stream>', summary: 'stdout or stderr alone' },
      { flags: '--since <time>', summary: 'from this time on: 2026-01-31T12:00:00Z, or 10m for the last ten minutes' },
      { flags: '-t, --timestamps', summary: 'begin each line with its time' },
    ],
    examples: ['procreg logs -f @last'],
    completes: ['run'],
    load: async () => (await import('./logs.js')).logs,
  },
  {
    path: 'wait',
    operands: '<run...>',
    summary: 'wait until runs have ended; the exit code is that of the last one',
    details: `${whichRun} The exit code is what "procreg run" would have returned.`,
    options: [
      { flags: '--timeout <time>', summary: 'give up after this time, such as 90s or 5m, with the exit code 124; the runs continue' },
    ],
    completes: ['run'],
    load: async () => (await import('./wait.js')).wait,
  },
  {
    path: 'stop',
    operands: '<run...>',
    summary: 'stop runs, and wait until they have ended',
    details: `${whichRun} All processes of a run get its stop signal (TERM), and KILL after the grace.`,
    options: [
      { flags: '--signal <name>', summary: 'in place of the stop signal of the definition' },
      { flags: '--grace <seconds>', summary: 'until KILL' },
    ],
    completes: ['run'],
    load: async () => (await import('./stop.js')).stop,
  },
  {
    path: 'rerun',
    operands: '<run> [parameters...]',
    summary: 'repeat a run that has ended, with its message, files and parameters',
    details: `${whichRun} Parameters behind it replace those of the former run, as with "procreg run"; result, stderr and exit code are those of "procreg run".`,
    options: [...startOptions, { flags: '--now', summary: 'the definition as it is now, not as it was then' }],
    examples: ['procreg rerun @last --bitrate 64k > a.mp3'],
    completes: ['run'],
    passThrough: true,
    load: async () => (await import('./rerun.js')).rerun,
  },
  {
    path: 'rm',
    operands: '<run...>',
    summary: 'remove runs that have ended, with their output, log and files',
    details: `${whichRun} Says which server is meant, and asks before it removes several.`,
    options: [yes],
    completes: ['run'],
    load: async () => (await import('./rm.js')).rm,
  },
  {
    path: 'cp',
    operands: '<from> <to>',
    summary: 'copy files from a run or to it: RUN:PATH, and RUN:output for its result',
    details: `${whichRun} A folder is copied with all that is in it, into the folder <to>; FOLDER/. is what is in it, and RUN:. all files of the run. - as <to> is stdout. A file is written next to its place and moved there when it is complete. Files can be put for a run that has not started, and while it runs.`,
    examples: ['procreg cp @last:report.pdf .', 'procreg cp @last:output a.mp3', 'procreg cp words.txt 0193a2b4c5d6:in/words.txt'],
    completes: ['run', 'file'],
    load: async () => (await import('./cp.js')).cp,
  },
];
