// The rows of the commands that watch and tune a server.
import type { CommandRow } from '../../command-row.js';
import { listOptions } from '../../terminal/table.js';

export const operateRows: CommandRow[] = [
  {
    path: 'lane ls',
    summary: 'list lanes: how many runs are active and waiting in each',
    options: listOptions,
    load: async () => (await import('./lane.js')).list,
  },
  {
    path: 'lane set',
    operands: '<lane> <limit>',
    summary: 'change how many runs of a lane may be active, until the server ends; none: as many as come',
    completes: ['lane'],
    load: async () => (await import('./lane.js')).set,
  },
  {
    path: 'top',
    summary: 'show lanes and active runs, and keep them up to date; q ends it. In a pipe: once',
    options: [{ flags: '--interval <seconds>', summary: 'how often; default: 2' }],
    load: async () => (await import('./top.js')).top,
  },
  {
    path: 'events',
    summary: 'follow what happens on the server: runs, definitions, services, bindings, lanes, users',
    details: 'One line per event, from now on. A lost connection is resumed behind the last event. With --json: CloudEvents, one per line.',
    options: [
      { flags: '--type <type>', summary: 'only events whose type begins with this: run.finished', repeats: true },
      { flags: '--json', summary: 'print JSON, one event per line' },
      { flags: '-n, --count <number>', summary: 'end after this number of events' },
    ],
    examples: ['procreg events --type run.finished'],
    load: async () => (await import('./events.js')).events,
  },
];
