// The procreg command: roles and their options.
import { Command } from 'commander';

export interface CommandLine {
  /** NAME=VALUE of each --set, and --log-level. */
  flags: Record<string, string>;
  configFile?: string;
  /** The file of `backup` and `restore`, the user of `passwd`. */
  operand?: string;
  force?: boolean;
  /** Of `serve`. */
  launcherOptional?: boolean;
  /** Of `passwd`. */
  generate?: boolean;
}

export type Role = 'serve' | 'migrate' | 'backup' | 'restore' | 'doctor' | 'launcher' | 'stop' | 'passwd';

interface RoleOptions {
  set: Record<string, string>;
  logLevel?: string;
  config?: string;
  force?: boolean;
  launcherOptional?: boolean;
  generate?: boolean;
}

/** Calls `act` with what the user asked for. */
export async function runCommandLine(
  argv: string[],
  version: string,
  act: (role: Role, line: CommandLine) => Promise<void>,
): Promise<void> {
  const program = new Command('procreg').description('Register a command-line program once; run it over REST.').version(version);
  const roles: [Role, string, string?][] = [
    ['serve', 'serve the registry (the default)'],
    ['migrate', 'bring the database to this version and end'],
    ['backup', 'write the database and the files of runs into FILE; the server may go on (SQLite)', '<file>'],
    ['restore', 'put a backup into an empty DATA_DIR (SQLite)', '<file>'],
    ['doctor', 'say what this machine can do and what is wrong'],
    ['launcher', 'be the launcher of programs, as a service of its own'],
    ['stop', 'end every run of DATA_DIR, whether a server is there or not'],
    ['passwd', 'give the user NAME a new password, whether a server is there or not', '<name>'],
  ];
  for (const [role, what, operand = ''] of roles) {
    const command = program
      .command(`${role} ${operand}`.trim(), { isDefault: role === 'serve' })
      .description(what)
      .option('--set <name=value>', 'a setting; may be repeated', collect, {})
      .option('--log-level <level>', 'the least that is logged')
      .option('--config <file>', 'settings in YAML');
    if (role === 'stop') command.requiredOption('--all', 'every run');
    if (role === 'serve') command.option('--launcher-optional', 'where the native launcher cannot run, warn and go on without');
    if (role === 'passwd') command.option('--generate', 'make one and print it; else it is asked for, or the first line of stdin');
    if (role === 'restore') command.option('--force', 'move aside what is there');
    command.action(() => act(role, lineOf(command)));
  }
  await program.parseAsync(argv);
}

function lineOf(command: Command): CommandLine {
  const { set, logLevel, config, ...more } = command.opts<RoleOptions>();
  return { flags: { ...set, ...(logLevel && { LOG_LEVEL: logLevel }) }, configFile: config, operand: command.args[0], ...more };
}

function collect(pair: string, found: Record<string, string>): Record<string, string> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
  // what has no name may be a secret value
  if (name === undefined) throw new Error('--set takes NAME=VALUE, such as --set PORT=8080; what was given has no =');
  return { ...found, [name]: value };
}
