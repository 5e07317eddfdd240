// The rows of the commands about users and tokens.
import type { CommandRow } from '../../command-row.js';
import { listOptions } from '../../terminal/table.js';

const role = { flags: '--role <role>', summary: 'viewer, runner, author or admin' };
const passwordStdin = { flags: '--password-stdin', summary: 'read the password from the first line of stdin' };
const ofUser = { flags: '--user <name>', summary: 'tokens of this user; for admins' };

export const userRows: CommandRow[] = [
  {
    path: 'user ls',
    summary: 'list users',
    options: listOptions,
    load: async () => (await import('./user.js')).list,
  },
  {
    path: 'user create',
    operands: '<name>',
    summary: 'create a user, whose password is asked for',
    options: [{ ...role, summary: `${role.summary}; default: runner` }, passwordStdin],
    load: async () => (await import('./user.js')).create,
  },
  {
    path: 'user set',
    operands: '<name>',
    summary: 'change a user',
    options: [
      role,
      { flags: '--rename <name>', summary: 'the new name' },
      { flags: '--password', summary: 'ask for a new password' },
      passwordStdin,
      { flags: '--disable', summary: 'refuse the user, and close what the user has open' },
      { flags: '--enable', summary: 'let the user in again' },
      { flags: '--stop', summary: 'with --disable: stop the runs of the user as well' },
    ],
    completes: ['user'],
    load: async () => (await import('./user.js')).set,
  },
  {
    path: 'user rm',
    operands: '<name...>',
    summary: 'remove users and their tokens; their definitions and runs stay',
    options: [{ flags: '-y, --yes', summary: 'do not ask' }],
    completes: ['user'],
    load: async () => (await import('./user.js')).remove,
  },
  {
    path: 'token ls',
    summary: 'list your access tokens',
    options: [...listOptions, ofUser],
    load: async () => (await import('./token.js')).list,
  },
  {
    path: 'token create',
    operands: '<name>',
    summary: 'create an access token and print it; it is shown only this once',
    options: [
      { flags: '--role <role>', summary: 'it may do what this role may, and never more than its user', repeats: true },
      { flags: '--tool <name>', summary: 'it may only call tools with this name or tag, at /mcp', repeats: true },
      { flags: '--expires <time>', summary: 'until when it is valid: 2027-01-31T12:00:00Z' },
      ofUser,
    ],
    examples: ['procreg token create ci --role runner --expires 2027-01-31'],
    load: async () => (await import('./token.js')).create,
  },
  {
    path: 'token rm',
    operands: '<id...>',
    summary: 'revoke tokens; what is open with them is closed',
    options: [ofUser],
    load: async () => (await import('./token.js')).remove,
  },
];
