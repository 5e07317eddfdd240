// A crontab (crontab(5)): each line of a command becomes a definition; when it ran is said, and not carried over.
import type { ProcessDefinition } from '../model/definition.js';
import { type Imported, type ImportedFiles, imported, literal, nameOf, Refused, withUniqueNames } from './imported.js';
import { commandOf, subjectOf } from './shell-words.js';

const field = String.raw`[\d*,/\-A-Za-z]+`;
const timed = new RegExp(
  String.raw`^\s*((?:${field}\s+){4}${field}|@(?:reboot|yearly|annually|monthly|weekly|daily|midnight|hourly|every_\w+))\s+(.*)$`,
);
const assignment = /^\s*([A-Za-z_]\w*)\s*=\s*(.*)$/;
/** Variables that cron itself reads. */
const cronsOwn = new Set(['MAILTO', 'MAILFROM', 'CRON_TZ', 'RANDOM_DELAY', 'CONTENT_TYPE']);

export function importCrontab(files: ImportedFiles): Imported[] {
  const [[path, text]] = Object.entries(files);
  const lines = text.split('\n');
  const hasUsers = isSystemWide(path, lines);
  const environment: Record<string, string> = {};
  const own: string[] = [];
  const all: Imported[] = [];
  for (const [index, line] of lines.entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const variable = timed.test(line) ? null : assignment.exec(line);
    if (variable) {
      const [, name, value] = variable;
      if (cronsOwn.has(name)) own.push(name);
      else environment[name] = value.trim().replace(/^(["'])(.*)\1$/, '$2');
      continue;
    }
    all.push(imported(`line ${index + 1}`, (notes) => lineOf(line, { hasUsers, notes, environment: { ...environment }, own: [...own] })));
  }
  return withUniqueNames(all);
}

/** Files below /etc have a column with the user. */
function isSystemWide(path: string, lines: string[]): boolean {
  const commands = lines.map((line) => timed.exec(line)?.[2]).filter((command) => command !== undefined);
  const usual = /^(root|www-data|nobody|daemon|backup|postgres|mysql|git|[a-z_][a-z0-9_-]*)\s+(\/|\[|test\s|cd\s|[a-z])/;
  return (
    /(^|\/)(etc|cron\.d)\//.test(path) ||
    (commands.length > 0 && commands.every((command) => usual.test(command) && /^(root|www-data|nobody|daemon|backup)\s/.test(command)))
  );
}

interface Line {
  hasUsers: boolean;
  notes: string[];
  environment: Record<string, string>;
  own: string[];
}

function lineOf(line: string, { hasUsers, notes, environment, own }: Line): ProcessDefinition & { name: string } {
  const [, schedule, rest] = timed.exec(line) ?? [];
  if (rest === undefined) throw new Refused('not a line of a crontab: five fields of time and a command are expected');
  const [, user, command] = hasUsers ? (/^(\S+)\s+(.*)$/.exec(rest) ?? []) : [undefined, undefined, rest];
  if (!command) throw new Refused('there is no command');
  notes.push(`when it runs (${schedule.trim()}) is not carried over: this server has no schedules yet`);
  if (user) notes.push(`it ran as ${user}: an admin may say "run_as": "${user}"`);
  for (const name of own) notes.push(`${name} is not carried over: it is for cron itself`);
  const { SHELL: shell = '/bin/sh', ...variables } = environment;
  const { text, input } = percentSplit(command);
  const { exec, argv, needsShell } = input === null ? commandOf(text) : withInput(text, input);
  if (input !== null) notes.push('what stood behind % is its standard input, as before');
  return {
    name: nameOf(subjectOf(text)),
    description: text.length <= 100 ? text : `${text.slice(0, 99)}…`,
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
  return { text: parts[0].trim(), input: parts.length > 1 ? `${parts.slice(1).join('\n')}\n` : null };
}

function withInput(text: string, input: string): { exec: string; argv: string[]; needsShell: boolean } {
  let mark = 'INPUT';
  while (input.split('\n').includes(mark)) mark += '_';
  return { exec: '/bin/sh', argv: ['-c', `${text} <<'${mark}'\n${input}${mark}\n`], needsShell: true };
}
