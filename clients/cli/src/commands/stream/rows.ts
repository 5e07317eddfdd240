// The rows of the commands about streams.
import type { CommandRow } from '../../command-row.js';
import { messageOption } from '../../terminal/message.js';

export const streamRows: CommandRow[] = [
  {
    path: 'stream publish',
    operands: '<stream> [text]',
    summary: 'publish a message: TEXT, a file, or stdin',
    details: 'STREAM is NAME, or BUS:NAME where BUS is memory or amqp.',
    options: [
      messageOption,
      { flags: '--message-id <id>', summary: 'each binding takes a message with this id only once' },
      { flags: '--correlation-id <id>', summary: 'kept on what becomes of the message' },
      { flags: '--type <type>', summary: 'its Content-Type; default: application/octet-stream' },
    ],
    examples: ['procreg stream publish in "some words"'],
    load: async () => (await import('./stream.js')).publish,
  },
  {
    path: 'stream follow',
    operands: '<stream>',
    summary: 'print the messages of a stream from now on, one per line',
    options: [
      { flags: '--json', summary: 'print JSON, one message per line' },
      { flags: '-n, --count <number>', summary: 'end after this number of messages' },
    ],
    examples: ['procreg stream follow out --json'],
    load: async () => (await import('./stream.js')).follow,
  },
];
