// The procreg command: roles and their options.
import { Command } from 'commander';

export interface CommandLine {
  /** NAME=VALUE of each --set, and --log-level. */
  flags: Record<string, string>;
  configFile?: string;
}

export type Role = 'serve' | 'migrate';

/** Calls `act` with what the user asked for. */
export async function runCommandLine(
  argv: string[],
  version: string,
  act: (role: Role, line: CommandLine) => Promise<void>,
): Promise<void> {
  const program = new Command('procreg').description('Register a command-line program once; run it over REST.').version(version);
  const roles: [Role, string][] = [
    ['serve', 'serve the registry (the default)'],
    ['migrate', 'bring the database to this version and end'],
  ];
  for (const [role, what] of roles) {
    program
      .command(role, { isDefault: role === 'serve' })
      .description(what)
      .option('--set <name=value>', 'a setting; may be repeated', collect, {})
      .option('--log-level <level>', 'the least that is logged')
      .option('--config <file>', 'settings in YAML')
      .action((options: { set: Record<string, string>; logLevel?: string; config?: string }) =>
        act(role, { flags: { ...options.set, ...(options.logLevel && { LOG_LEVEL: options.logLevel }) }, configFile: options.config }),
      );
  }
  await program.parseAsync(argv);
}

function collect(pair: string, found: Record<string, string>): Record<string, string> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
  if (name === undefined) throw new Error(`--set takes NAME=VALUE, not '${pair}'`);
  return { ...found, [name]: value };
}
