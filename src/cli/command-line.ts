// The procreg command: the roles under `procreg server`, and their options.
import { Command } from 'commander';
import { roles } from '../model/roles.js';

export interface CommandLine {
  /** NAME=VALUE of each --set, and --log-level. */
  flags: Record<string, string>;
  configFile?: string;
  /** The file of `backup` and `restore`; the user of `passwd`, `user …` and `token …`, and the number of a token. */
  operands: string[];
  force?: boolean;
  /** An option of `serve`. */
  launcherOptional?: boolean;
  /** An option of `passwd` and `user create`. */
  generate?: boolean;
  /** An option of `user create`. */
  role?: string;
  /** Options of `token create`. */
  label?: string;
  scope?: string;
  expires?: string;
}

export type Role = 'serve' | 'migrate' | 'backup' | 'restore' | 'doctor' | 'launcher' | 'stop-all' | 'passwd' | UserRole | TokenRole;
type UserRole = 'user list' | 'user create' | 'user disable' | 'user enable';
type TokenRole = 'token list' | 'token create' | 'token revoke';

interface RoleOptions {
  set: Record<string, string>;
  logLevel?: string;
  config?: string;
  force?: boolean;
  launcherOptional?: boolean;
  generate?: boolean;
  role?: string;
  label?: string;
  scope?: string;
  expires?: string;
}

const commands: [Role, string, string?][] = [
  ['serve', 'run the server'],
  ['migrate', 'migrate the database to this version and exit'],
  ['backup', 'write the database and the files of runs into FILE; the server may keep running (SQLite)', '<file>'],
  ['restore', 'restore a backup into an empty DATA_DIR (SQLite)', '<file>'],
  ['doctor', 'report what this machine supports and what is wrong'],
  ['launcher', 'run the launcher of programs as a separate service'],
  ['stop-all', 'stop every run of DATA_DIR, whether a server is running or not'],
  ['passwd', 'set a new password for the user NAME, whether a server is running or not', '<name>'],
  ['user list', 'list the users: id, role, whether disabled, name'],
  ['user create', 'create the user NAME', '<name>'],
  ['user disable', 'refuse every login of the user NAME', '<name>'],
  ['user enable', 'accept the logins of the user NAME again', '<name>'],
  ['token list', 'list the access tokens of the user NAME: number, scopes, end, label', '<name>'],
  ['token create', 'create an access token of the user NAME and print it', '<name>'],
  ['token revoke', 'revoke the access token NUMBER of the user NAME', '<name> <number>'],
];

/** What the commands of two words have in common. */
const groups = { user: 'list, create, disable and enable users', token: 'list, create and revoke access tokens of users' };

/** Parses the command line and calls `act` with the role and its options; without a command it prints the help. */
export async function runCommandLine(
  argv: string[],
  version: string,
  act: (role: Role, line: CommandLine) => Promise<void>,
): Promise<void> {
  const program = new Command('procreg')
    .description('Register a command-line program once; run it over REST.')
    .version(version)
    .configureOutput({ writeErr: (text) => process.stderr.write(text.replace(/^error: /, 'process-registry: ')) });
  const server = program.command('server').description('serve, and act on the DATA_DIR of this machine');
  const parents = new Map(Object.entries(groups).map(([name, what]) => [name, server.command(name).description(what)]));
  for (const [role, what, operands = ''] of commands) {
    const command = addRole(parents.get(role.split(' ')[0]) ?? server, role, operands).description(what);
    command.action(() => act(role, lineOf(command)));
  }
  program.addHelpText(
    'after',
    `\nCommands on this machine:\n${commands.map(([role, what]) => `  ${`procreg server ${role}`.padEnd(30)}${what}`).join('\n')}`,
  );
  if (argv.length <= 2) program.outputHelp();
  else await program.parseAsync(argv);
}

function addRole(parent: Command, role: Role, operands: string): Command {
  const command = parent
    .command(`${role.split(' ').at(-1)} ${operands}`.trim())
    .option('--set <name=value>', 'set a setting; may be repeated', collect)
    .option('--log-level <level>', 'the lowest level that is logged')
    .option('--config <file>', 'read settings from a YAML file');
  if (role === 'serve') command.option('--launcher-optional', 'if the native launcher cannot run, print a warning and start without it');
  if (role === 'user create') command.option('--role <role>', `one of ${roles.join(', ')}`, 'viewer');
  if (role === 'passwd' || role === 'user create')
    command.option('--generate', 'generate a password and print it; otherwise it is asked for, or read from the first line of stdin');
  if (role === 'token create') addTokenOptions(command);
  if (role === 'restore') command.option('--force', 'move existing data aside');
  return command;
}

function addTokenOptions(command: Command): void {
  command
    .option('--label <text>', 'what the token is for', 'created by procreg server token')
    .option('--scope <role>', `the token may do at most what this role may: ${roles.join(', ')}; default: what its user may`)
    .option('--expires <time>', 'a time such as 2027-01-31T12:00:00Z; default: never');
}

function lineOf(command: Command): CommandLine {
  const { set, logLevel, config, ...more } = command.opts<RoleOptions>();
  return { flags: { ...set, ...(logLevel && { LOG_LEVEL: logLevel }) }, configFile: config, operands: command.args, ...more };
}

function collect(pair: string, found: Record<string, string> = {}): Record<string, string> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
  // a text without a name may be a secret value, so that it is not printed
  if (name === undefined) throw new Error('--set must be NAME=VALUE, such as --set PORT=8080; the given text has no =');
  return { ...found, [name]: value };
}
