// The rows of the commands about services.
import type { CommandRow } from '../../command-row.js';
import { messageOption } from '../../terminal/message.js';

export const serviceRows: CommandRow[] = [
  {
    path: 'send',
    operands: '<target> [text]',
    summary: 'send a message to a service, which is started if it does not run',
    details:
      'TARGET is the name of a definition whose process_type is service, or one of its runs. The message is TEXT, a file, or stdin. ' +
      'A reply, which services with a port give, goes to stdout.',
    options: [
      messageOption,
      { flags: '--param <value>', summary: 'a parameter for the start of the service: NAME=VALUE', repeats: true },
      { flags: '--async', summary: 'do not wait until the service has taken the message' },
    ],
    completes: ['definition'],
    examples: ['procreg send upper "some words"', 'procreg send upper -i message.txt'],
    load: async () => (await import('./service.js')).send,
  },
  {
    path: 'messages',
    operands: '<target>',
    summary: 'print the messages that a service has sent, and follow them until it ends',
    options: [{ flags: '--json', summary: 'print JSON, one message per line' }],
    completes: ['definition'],
    load: async () => (await import('./service.js')).messages,
  },
];
