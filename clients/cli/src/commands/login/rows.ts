// The rows of the commands about servers and logins.
import type { CommandRow } from '../../command-row.js';

export const loginRows: CommandRow[] = [
  {
    path: 'login',
    operands: '<url>',
    summary: 'create a token on the server URL, and keep it',
    details:
      'Asks for user and password, creates an access token with them, and keeps only the token: in a file that only you can read. ' +
      'The server becomes the current one. A token that was kept under the same name is revoked.',
    options: [
      { flags: '-u, --user <name>', summary: 'the user; otherwise it is asked for' },
      { flags: '--name <name>', summary: 'what the server is called here; default: its URL without https://' },
      { flags: '--password-stdin', summary: 'read the password from the first line of stdin' },
      { flags: '--token-stdin', summary: 'read a token that exists already from the first line of stdin' },
    ],
    examples: ['procreg login https://jobs.example.org'],
    load: async () => (await import('./login.js')).login,
  },
  {
    path: 'logout',
    operands: '[server]',
    summary: 'revoke the token of a server, and forget the server',
    completes: ['server'],
    load: async () => (await import('./login.js')).logout,
  },
  {
    path: 'servers',
    summary: 'list the servers that you are logged in to',
    options: [{ flags: '--json', summary: 'print JSON' }],
    load: async () => (await import('./login.js')).servers,
  },
  {
    path: 'use',
    operands: '<server>',
    summary: 'make a server the current one',
    completes: ['server'],
    load: async () => (await import('./login.js')).use,
  },
];
