// A crontab (crontab(5)): each line of a command becomes a definition; when it ran is said, and not carried over.
import { splitTimes } from './crontab-times.js';
import {
  type Imported,
  type ImportedFiles,
  imported,
  literal,
  type NamedDefinition,
  nameOf,
  Refused,
  withUniqueNames,
} from './imported.js';
import { commandOf, subjectOf } from './shell-words.js';

const assignment = /^\s*(["']?)([A-Za-z_]\w*)\1\s*=\s*(.*)$/;
/** Variables that cron itself reads. */
const cronsOwn = new Set(['MAILTO', 'MAILFROM', 'CRON_TZ', 'RANDOM_DELAY', 'CONTENT_TYPE', 'CONTENT_TRANSFER_ENCODING', 'LOGNAME', 'USER']);

/** What stands above a line and holds for it. */
interface Above {
  hasUsers: boolean;
  environment: Record<string, string>;
  own: string[];
  comment?: string;
}

export function importCrontab(files: ImportedFiles): Imported[] {
  const [[path, text]] = Object.entries(files);
  const lines = text.split('\n');
  const above: Above = { hasUsers: isSystemWide(path, lines), environment: {}, own: [] };
  const all: Imported[] = [];
  for (const [index, line] of lines.entries()) {
    const [, , name, value] = assignment.exec(line) ?? [];
    if (/^\s*(#|$)/.test(line)) above.comment = sentenceOf(line);
    else if (name === undefined) {
      const here = { ...above, environment: { ...above.environment }, own: [...above.own] };
      all.push(imported(`line ${index + 1}`, (notes) => definitionOf(line, here, notes)));
      above.comment = undefined;
    } else if (cronsOwn.has(name)) above.own.push(name);
    else above.environment[name] = value.trim().replace(/^(["'])(.*)\1$/, '$2');
  }
  return withUniqueNames(all);
}

/** A comment that is neither a line that was switched off nor the heads of the columns. */
function sentenceOf(line: string): string | undefined {
  const text = /^\s*#+\s*(\S.*?)\s*$/.exec(line)?.[1];
  return text === undefined || /^([\d*@]|m\s+h\s|min)|^\W+$|=/.test(text) ? undefined : text;
}

/** Crontabs of the system, /etc/crontab and /etc/cron.d/, have a column with the user. */
function isSystemWide(path: string, lines: string[]): boolean {
  if (/(^|\/)(etc|cron\.d)\//.test(path)) return true;
  const commands = lines
    .map((line) => /^\s*(?:@\w+|(?:[\d*]\S*\s+){4}\S+)\s+(.*)$/.exec(line)?.[1])
    .filter((command) => command !== undefined);
  return commands.length > 0 && commands.every((command) => /^(root|www-data|nobody|daemon|backup)\s+\S/.test(command));
}

function definitionOf(line: string, { hasUsers, environment, own, comment }: Above, notes: string[]): NamedDefinition {
  const { times, rest, isNever } = splitTimes(line);
  const [, user, command] = hasUsers ? (/^(\S+)\s+(.*)$/.exec(rest) ?? []) : [undefined, undefined, rest];
  if (!command?.trim()) throw new Refused('the line has no command');
  const never = isNever ? '; that day never comes' : '';
  notes.push(`when it runs (${times}) is not carried over: this server has no schedules yet${never}`);
  if (user === 'root') notes.push('it ran as root: no program runs as root here');
  else if (user) notes.push(`it ran as ${user}: an admin may say "run_as": "${user}"`);
  for (const name of own) notes.push(`${name} is not carried over: it is for cron itself`);
  if (/(^|[\s="'])(\.\.?\/|~|\$\{?HOME\b)/.test(command))
    notes.push('it ran in the home folder of its user; here each run begins in an empty folder');
  const { SHELL: shell = '/bin/sh', ...variables } = environment;
  const { text, input } = percentSplit(command);
  const { exec, argv, needsShell } = input === null ? commandOf(text) : withInput(text, input);
  return {
    name: nameOf(subjectOf(text)),
    description: comment ?? (text.length <= 100 ? text : `${text.slice(0, 99)}…`),
    exec: needsShell ? shell : exec,
    argv: argv.map(literal),
    input_adapter: { input_type: 'none' },
    ...(Object.keys(variables).length > 0 && {
      environment: Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, literal(value)])),
    }),
  };
}

/** An unescaped % ends the command; what follows is its input, in which each further % is a new line. */
function percentSplit(command: string): { text: string; input: string | null } {
  const parts = command.split(/(?<!\\)%/).map((part) => part.replaceAll('\\%', '%'));
  const input = parts.slice(1).join('\n');
  return { text: parts[0].trim(), input: parts.length === 1 ? null : input.endsWith('\n') ? input : `${input}\n` };
}

/** The input is that of all commands of the line. */
function withInput(text: string, input: string): { exec: string; argv: string[]; needsShell: boolean } {
  let mark = 'INPUT';
  while (input.split('\n').includes(mark)) mark += '_';
  return { exec: '/bin/sh', argv: ['-c', `{ ${text}\n} <<'${mark}'\n${input}${mark}\n`], needsShell: true };
}
