// A unit of systemd (systemd.service(5)): a daemon becomes a service, a oneshot a program that is run.
import type { ProcessDefinition } from '../model/definition.js';
import { Draft, type Imported, type ImportedFiles, imported, nameOf, Refused, withUniqueNames } from './imported.js';

type Section = Map<string, string[]>;

export function importSystemd(files: ImportedFiles): Imported[] {
  return withUniqueNames(Object.entries(files).map(([path, text]) => imported(path, (notes) => definitionOf(path, text, notes))));
}

function definitionOf(path: string, text: string, notes: string[]): ProcessDefinition & { name: string } {
  const sections = sectionsOf(text);
  const service = sections.get('Service');
  if (!service) throw new Refused('there is no section [Service]');
  const one = (key: string) => service.get(key)?.at(-1);
  const type = one('Type') ?? 'simple';
  if (['forking', 'dbus', 'idle'].includes(type)) throw new Refused(`Type=${type}: a program that leaves its starter cannot be followed`);
  const draft = new Draft();
  const unit = new Unit(path, draft, notes);
  const isOneshot = type === 'oneshot';
  if (type.startsWith('notify'))
    notes.push('Type=notify: it counts as ready when it runs; say "ready" to wait for a port or a line of its log');
  const { exec, argv } = unit.command(service.get('ExecStart') ?? [], isOneshot);
  const environment = unit.environment(service.get('Environment') ?? []);
  const user = one('User');
  if (user && user !== 'root') notes.push(`User=${user}: an admin may say "run_as": "${user}"`);
  for (const [name, section] of sections)
    for (const key of section.keys()) if (!carried.has(`${name}.${key}`)) notes.push(`${key}= is not carried over`);
  const description = sections.get('Unit')?.get('Description')?.at(-1);
  return {
    name: nameOf(path.replace(/^.*\//, '').replace(/@?\.service$/, '')),
    ...(description && { description: unit.expanded(description) }),
    exec,
    ...(argv.length > 0 && { argv }),
    ...(one('WorkingDirectory') && { cwd: unit.expanded((one('WorkingDirectory') as string).replace(/^-/, '')) }),
    ...(Object.keys(environment).length > 0 && { environment }),
    input_adapter: { input_type: 'none' },
    ...(isOneshot ? timeoutOf(one('TimeoutStartSec')) : { process_type: 'service' as const, restart: restartOf(one) }),
    ...stopOf(one),
    ...limitsOf(one),
    ...draft.parameters,
  };
}

const carried = new Set([
  ...['Description', 'Documentation', 'After', 'Before', 'Wants', 'StartLimitIntervalSec', 'StartLimitBurst'].map((key) => `Unit.${key}`),
  ...[
    'Type',
    'ExecStart',
    'Environment',
    'User',
    'Group',
    'WorkingDirectory',
    'Restart',
    'RestartSec',
    'TimeoutStartSec',
    'TimeoutStopSec',
  ].map((key) => `Service.${key}`),
  ...['KillSignal', 'MemoryMax', 'LimitNOFILE', 'LimitNPROC', 'TasksMax', 'RemainAfterExit', 'StandardOutput', 'StandardError'].map(
    (key) => `Service.${key}`,
  ),
  'Install.WantedBy',
]);

/** Keys that occur twice, and the empty value that clears what was before. */
function sectionsOf(text: string): Map<string, Section> {
  const sections = new Map<string, Section>();
  let current: Section = new Map();
  for (const line of text.replace(/\\\n[ \t]*/g, ' ').split('\n')) {
    const header = /^\s*\[(.+)\]\s*$/.exec(line)?.[1];
    if (header !== undefined) {
      current = sections.get(header) ?? new Map();
      sections.set(header, current);
      continue;
    }
    const [, key, value] = /^\s*([A-Za-z]\w*)\s*=\s*(.*?)\s*$/.exec(/^\s*[#;]/.test(line) ? '' : line) ?? [];
    if (key === undefined) continue;
    current.set(key, value === '' ? [] : [...(current.get(key) ?? []), value]);
  }
  return sections;
}

/** What stands in the values of one unit: quotes, escapes and specifiers. */
class Unit {
  constructor(
    private readonly path: string,
    private readonly draft: Draft,
    private readonly notes: string[],
  ) {}

  command(starts: string[], isOneshot: boolean): { exec: string; argv: string[] } {
    if (starts.length === 0) throw new Refused('there is no ExecStart');
    if (starts.length > 1 && !isOneshot) throw new Refused('there are several ExecStart');
    const commands = starts.map((start) => this.words(this.withoutPrefix(start)));
    if (commands.length === 1) {
      const [exec, ...argv] = commands[0];
      return { exec, argv };
    }
    this.notes.push('its commands run one after the other in a shell, until one fails');
    const line = commands.map((words) => words.map(quoted).join(' ')).join(' && ');
    return { exec: '/bin/sh', argv: ['-c', line] };
  }

  environment(assignments: string[]): Record<string, string> {
    const pairs = assignments.flatMap((text) => this.words(text)).map((word) => /^([A-Za-z_]\w*)=(.*)$/s.exec(word));
    return Object.fromEntries(pairs.flatMap((pair) => (pair ? [[pair[1], pair[2]]] : [])));
  }

  /** Specifiers (systemd.unit(5)); the instance of a template is a parameter. */
  expanded(text: string): string {
    const name = this.path.replace(/^.*\//, '').replace(/\.service$/, '');
    return text.replace(/%(.)/g, (whole, specifier: string) => {
      if (specifier === '%') return '%';
      if (specifier === 'i' || specifier === 'I')
        return this.draft.parameter('instance', { type: 'string', description: 'what stood behind the @' }, { required: true });
      if (specifier === 'n' || specifier === 'N') return name;
      if (specifier === 'p') return name.replace(/@.*$/, '');
      throw new Refused(`the specifier ${whole} has no counterpart here`);
    });
  }

  private withoutPrefix(start: string): string {
    const [, prefix, rest] = /^([-@:+!|]*)(.*)$/s.exec(start) as RegExpExecArray;
    if (prefix.includes('@')) throw new Refused('ExecStart=@…: another name for the program than its path is not possible');
    if (/[+!]/.test(prefix)) this.notes.push('it ran with full privileges (+ or ! before its path), which no program here has');
    if (prefix.includes('-')) this.notes.push('its failure did not count (- before its path); see success_exit_codes');
    return rest;
  }

  /** Words in the quotes and C escapes of systemd, in which $$ is a dollar. */
  private words(text: string): string[] {
    const found = [...text.matchAll(/"((?:[^"\\]|\\.)*)"(?=\s|$)|'((?:[^'\\]|\\.)*)'(?=\s|$)|(\S+)/gs)];
    return found.map(([, double, single, plain]) => this.variables(this.expanded(unescaped(double ?? single ?? unquotedInside(plain)))));
  }

  private variables(word: string): string {
    if (/(?<!\$)\$(\{[A-Za-z_]\w*\}|[A-Za-z_])/.test(word.replaceAll('${instance}', '')))
      throw new Refused(`variables in its command (${word}) are not possible; see parameters`);
    return word.replaceAll('$$', '$');
  }
}

/** A word like NAME="a b" has its quotes inside. */
function unquotedInside(word: string): string {
  return word.replace(/^([A-Za-z_]\w*=)"(.*)"$/s, '$1$2');
}

function unescaped(text: string): string {
  const letters: Record<string, string> = { n: '\n', t: '\t', s: ' ' };
  return text.replace(/\\(x[0-9a-fA-F]{2}|.)/gs, (_, escape: string) =>
    escape.startsWith('x') && escape.length === 3 ? String.fromCharCode(Number.parseInt(escape.slice(1), 16)) : (letters[escape] ?? escape),
  );
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function restartOf(one: (key: string) => string | undefined): ProcessDefinition['restart'] {
  const mode = one('Restart') ?? 'no';
  const seconds = secondsOf(one('RestartSec'));
  const backoff = seconds === undefined ? {} : { backoff: seconds };
  if (mode === 'no') return { mode: 'never' };
  return { mode: mode === 'always' ? 'always' : 'abnormal', ...backoff };
}

function stopOf(one: (key: string) => string | undefined): Pick<ProcessDefinition, 'stop'> {
  const signal = one('KillSignal')?.replace(/^SIG/, '');
  const grace = secondsOf(one('TimeoutStopSec'));
  if (signal === undefined && grace === undefined) return {};
  return { stop: { ...(signal !== undefined && { signal }), ...(grace !== undefined && { grace }) } };
}

function timeoutOf(text: string | undefined): Pick<ProcessDefinition, 'timeout'> {
  const seconds = secondsOf(text);
  return seconds === undefined || seconds === Number.POSITIVE_INFINITY ? {} : { timeout: seconds };
}

function limitsOf(one: (key: string) => string | undefined): Pick<ProcessDefinition, 'limits'> {
  const limits = {
    tree_memory: sizeOf(one('MemoryMax')),
    open_files: countOf(one('LimitNOFILE')),
    processes: countOf(one('TasksMax') ?? one('LimitNPROC')),
  };
  const set = Object.entries(limits).filter(([, value]) => value !== undefined);
  return set.length > 0 ? { limits: Object.fromEntries(set) } : {};
}

function countOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(:\d+)?$/.test(text) ? Number.parseInt(text, 10) : undefined;
}

/** systemd counts in 1024. */
function sizeOf(text: string | undefined): string | undefined {
  const [, amount, unit] = /^(\d+)([KMGT]?)$/.exec(text ?? '') ?? [];
  return amount === undefined ? undefined : `${amount}${unit ? `${unit}iB` : ''}`;
}

/** 5, 90s, 2min, 1h 30min (systemd.time(7)). */
function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text === 'infinity') return Number.POSITIVE_INFINITY;
  const units: Record<string, number> = { ms: 0.001, s: 1, sec: 1, m: 60, min: 60, h: 3600, hr: 3600, d: 86_400, '': 1 };
  const parts = [...text.matchAll(/([\d.]+)\s*([a-z]*)/g)];
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit] ?? 1), 0);
}
