// The parser of the command line, made from the table of commands.
import { Command, CommanderError, Option } from 'commander';
import type { CommandRow, Options } from './command-row.js';
import { commandRows, globalOptions, groupSummaries } from './commands/table.js';
import { exitCodes, Failure } from './failure.js';
import { helpColumns, wrapped } from './terminal/wrapped.js';
import { version } from './version.js';

interface ServerOption {
  server?: string;
}

/** Runs the command that `words` name; returns its exit code. */
export async function programOf(words: string[]): Promise<number> {
  if (words[0] === '__complete') return (await import('./completion/complete.js')).complete(words.slice(2));
  let code: number | undefined;
  const program = rootCommand();
  const groups = new Map<string, Command>();
  for (const row of rowsFor(words)) {
    const command = addCommand(parentOf(program, groups, row.path), row);
    addOptions(command, row);
    command.action(async () => {
      const [act, { Session }] = await Promise.all([row.load(), import('./session.js')]);
      const { server, ...options } = command.opts<Options & ServerOption>();
      code = await act(new Session(server ?? program.opts<ServerOption>().server), command.args, options);
    });
  }
  if (words[0] === 'server') throw missingServer();
  if (words.length === 0) program.outputHelp();
  else code = await parsed(program, words);
  return code ?? 0;

  async function parsed(command: Command, argv: string[]): Promise<number | undefined> {
    try {
      await command.parseAsync(argv, { from: 'user' });
      return code;
    } catch (error) {
      // help and --version end like this as well; commander has printed what there is to say
      if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
      throw error;
    }
  }
}

/** Only the commands that the words can mean, where the first one decides that: all of them take as long as the rest of a start. */
function rowsFor([first]: string[]): CommandRow[] {
  if (first === '--version' || first === '-V') return [];
  const meant = commandRows.filter(({ path }) => path.split(' ')[0] === first);
  return meant.length > 0 ? meant : commandRows;
}

function rootCommand(): Command {
  const program = new Command('procreg')
    .description('Run programs that a process-registry server keeps.')
    .version(version)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(text.replace(/^error: /, 'procreg: ')) })
    .configureHelp({ showGlobalOptions: true });
  for (const { flags, summary } of globalOptions) program.option(flags, summary);
  program.addHelpText('after', '\nThe server itself: procreg server --help');
  return program;
}

function parentOf(program: Command, groups: Map<string, Command>, path: string): Command {
  const [group, second] = path.split(' ');
  if (second === undefined) return program;
  const found = groups.get(group) ?? program.command(group).description(groupSummaries[group]);
  groups.set(group, found);
  return found;
}

function addCommand(parent: Command, row: CommandRow): Command {
  const name = row.path.split(' ').at(-1);
  return parent.command(`${name} ${row.operands ?? ''}`.trim()).description(row.summary);
}

function addOptions(command: Command, row: CommandRow): void {
  // also behind the command, where the help of all commands lists them once
  for (const { flags, summary } of globalOptions) command.addOption(new Option(flags, summary).hideHelp());
  for (const { flags, summary, default: fallback, repeats } of row.options ?? []) {
    if (repeats) command.option(flags, summary, (value: string, all: string[] = []) => [...all, value]);
    else command.option(flags, summary, fallback);
  }
  if (row.passThrough) command.passThroughOptions().allowUnknownOption();
  command.addHelpText('after', () => detailsOf(row));
}

function detailsOf({ details = '', examples = [] }: CommandRow): string {
  const lines = details.split('\n').flatMap((paragraph) => wrapped(paragraph, helpColumns()));
  return [details && `\n${lines.join('\n')}`, examples.length > 0 && `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`]
    .filter(Boolean)
    .join('\n');
}

/** The package of the server takes `procreg server …` before the client is loaded. */
function missingServer(): Failure {
  return new Failure('the server is not installed here: this is the client alone', {
    exitCode: exitCodes.usage,
    hint: 'install the package process-registry, which contains both',
  });
}
