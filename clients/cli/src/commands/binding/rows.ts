// The rows of the commands about bindings.
import type { CommandRow } from '../../command-row.js';
import { listOptions } from '../../terminal/table.js';

const terms = [
  { flags: '--to <stream>', summary: 'the stream to which outputs go; -: none' },
  { flags: '--concurrency <number>', summary: 'how many messages are processed at once' },
  { flags: '--max-tries <number>', summary: 'how many runs are tried before a message becomes a dead letter' },
];
const json = { flags: '--json', summary: 'print JSON' };

export const bindingRows: CommandRow[] = [
  {
    path: 'binding ls',
    summary: 'list bindings',
    options: [...listOptions, { flags: '-o, --output <format>', summary: 'wide: more columns' }],
    load: async () => (await import('./binding.js')).list,
  },
  {
    path: 'binding show',
    operands: '<id>',
    summary: 'print a binding as YAML',
    options: [json],
    completes: ['binding'],
    load: async () => (await import('./binding.js')).show,
  },
  {
    path: 'binding create',
    operands: '<definition>',
    summary: 'run a definition for each message of a stream; prints the number of the binding',
    details: 'A stream is NAME, or BUS:NAME where BUS is memory or amqp.',
    options: [
      { flags: '--from <stream>', summary: 'the stream whose messages are taken' },
      ...terms,
      { flags: '--disable', summary: 'collect messages, and process none yet' },
    ],
    completes: ['definition'],
    examples: ['procreg binding create upper --from in --to out'],
    load: async () => (await import('./binding.js')).create,
  },
  {
    path: 'binding set',
    operands: '<id>',
    summary: 'change a binding',
    options: [
      { flags: '--definition <name>', summary: 'what runs' },
      ...terms,
      { flags: '--enable', summary: 'process messages' },
      { flags: '--disable', summary: 'process none, and let them wait' },
    ],
    completes: ['binding'],
    load: async () => (await import('./binding.js')).set,
  },
  {
    path: 'binding rm',
    operands: '<id...>',
    summary: 'remove bindings, with the messages that wait for them',
    options: [{ flags: '-y, --yes', summary: 'do not ask' }],
    completes: ['binding'],
    load: async () => (await import('./binding.js')).remove,
  },
];
