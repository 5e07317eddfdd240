// A unit of systemd (systemd.service(5)): a daemon becomes a service, a oneshot a program that is run.
import type { ProcessDefinition } from '../model/definition.js';
import { Draft, type Imported, type ImportedFiles, imported, type NamedDefinition, nameOf, Refused, withUniqueNames } from './imported.js';
import { UnitCommands } from './systemd-commands.js';
import { countOf, secondsOf, sizeOf } from './systemd-values.js';

type Section = Map<string, string[]>;
type OneValue = (key: string) => string | undefined;

/** Keys that are carried over, that another note speaks of, or that mean nothing for a single program. */
const carried = new Set([
  ...['Description', 'Documentation', 'After', 'Before', 'Wants', 'StartLimitIntervalSec', 'StartLimitBurst'].map((key) => `Unit.${key}`),
  ...[
    ...[
      'Type',
      'ExecStart',
      'Environment',
      'User',
      'WorkingDirectory',
      'Restart',
      'RestartSec',
      'TimeoutStartSec',
      'TimeoutStopSec',
      'TimeoutSec',
    ],
    ...['KillSignal', 'MemoryMax', 'LimitNOFILE', 'LimitNPROC', 'TasksMax', 'RemainAfterExit', 'StandardOutput', 'StandardError'],
    'SuccessExitStatus',
  ].map((key) => `Service.${key}`),
  'Install.WantedBy',
]);
const commandKeys = ['ExecStartPre', 'ExecStart', 'ExecStartPost'];

export function importSystemd(files: ImportedFiles): Imported[] {
  return withUniqueNames(Object.entries(files).map(([path, text]) => imported(path, (notes) => definitionOf({ path, text }, notes))));
}

function definitionOf({ path, text }: { path: string; text: string }, notes: string[]): NamedDefinition {
  const sections = sectionsOf(text);
  const service = sections.get('Service');
  if (!service) throw new Refused('there is no section [Service]');
  const one: OneValue = (key) => service.get(key)?.at(-1);
  const type = one('Type') ?? (service.has('ExecStart') ? 'simple' : 'oneshot');
  if (['forking', 'dbus'].includes(type)) throw new Refused(`Type=${type}: a program that leaves its starter cannot be followed`);
  const isOneshot = type === 'oneshot';
  const draft = new Draft(notes);
  const unit = new UnitCommands(path, draft, notes, service.get('Environment') ?? []);
  const command = commandOf(service, unit, isOneshot);
  const cwd = one('WorkingDirectory')?.replace(/^-/, '');
  if (cwd?.startsWith('~')) throw new Refused('WorkingDirectory=~: programs here have no home folder');
  notes.push(...notesOf(sections, { type, user: one('User'), isOneshot }));
  const description = sections.get('Unit')?.get('Description')?.at(-1);
  return {
    name: nameOf(path.replace(/^.*\//, '').replace(/@?\.service$/, '')),
    ...(description && { description: unit.described(description) }),
    ...command,
    ...(cwd && { cwd: unit.expanded(cwd) }),
    ...(Object.keys(unit.variables).length > 0 && { environment: unit.variables }),
    input_adapter: { input_type: 'none' },
    ...(isOneshot ? timeoutOf(one('TimeoutStartSec') ?? one('TimeoutSec')) : { process_type: 'service' as const, restart: restartOf(one) }),
    ...stopOf(one),
    ...limitsOf(one),
    ...successOf(service.get('SuccessExitStatus') ?? []),
    ...draft.parameters,
  };
}

function commandOf(service: Section, unit: UnitCommands, isOneshot: boolean): { exec: string; argv?: string[] } {
  const starts = service.get('ExecStart') ?? [];
  const [first] = starts;
  if (first === undefined) throw new Refused('there is no ExecStart');
  if (starts.length > 1 && !isOneshot) throw new Refused('there are several ExecStart');
  const all = isOneshot ? commandKeys.flatMap((key) => service.get(key) ?? []) : starts;
  const { exec, argv } = all.length > 1 ? unit.inShell(all) : unit.one(first);
  return { exec, ...(argv.length > 0 && { argv }) };
}

function* notesOf(
  sections: Map<string, Section>,
  { type, user, isOneshot }: { type: string; user?: string; isOneshot: boolean },
): Generator<string> {
  if (type.startsWith('notify')) yield 'Type=notify: it counts as ready when it runs; say "ready" to wait for a port or a line of its log';
  if (!isOneshot) yield 'it is a service: it begins with the first message, or by start/, and not at boot';
  if (user === 'root') yield 'User=root: no program runs as root here';
  else if (user) yield `User=${user}: an admin may say "run_as": "${user}"`;
  for (const [name, section] of sections) {
    const lost = [...section.keys()].filter((key) => !carried.has(`${name}.${key}`) && !(isOneshot && commandKeys.includes(key)));
    for (const key of lost) yield `${key}= is not carried over`;
  }
}

/** Keys may occur several times; an empty value clears what was before. */
function sectionsOf(text: string): Map<string, Section> {
  const sections = new Map<string, Section>();
  let current: Section = new Map();
  for (const line of text.replace(/\\\n[ \t]*/g, ' ').split('\n')) {
    const header = /^\s*\[([^\]]+)\]\s*$/.exec(line)?.[1];
    if (header !== undefined) {
      current = sections.get(header) ?? new Map();
      sections.set(header, current);
      continue;
    }
    const [, key, value] = /^\s*([A-Za-z]\w*)\s*=(.*)$/.exec(line) ?? [];
    if (key !== undefined) current.set(key, value.trim() === '' ? [] : [...(current.get(key) ?? []), value.trim()]);
  }
  return sections;
}

function restartOf(one: OneValue): ProcessDefinition['restart'] {
  const mode = one('Restart') ?? 'no';
  const seconds = secondsOf(one('RestartSec'));
  if (mode === 'no') return { mode: 'never' };
  return { mode: mode === 'always' ? 'always' : 'abnormal', ...(seconds !== undefined && { backoff: seconds }) };
}

function stopOf(one: OneValue): Pick<ProcessDefinition, 'stop'> {
  const signal = one('KillSignal')?.replace(/^SIG/, '');
  const grace = secondsOf(one('TimeoutStopSec') ?? one('TimeoutSec'));
  if (signal === undefined && grace === undefined) return {};
  return { stop: { ...(signal !== undefined && { signal }), ...(grace !== undefined && { grace }) } };
}

function timeoutOf(text: string | undefined): Pick<ProcessDefinition, 'timeout'> {
  const seconds = secondsOf(text);
  return seconds === undefined ? {} : { timeout: seconds };
}

function limitsOf(one: OneValue): Pick<ProcessDefinition, 'limits'> {
  const limits = {
    tree_memory: sizeOf(one('MemoryMax')),
    open_files: countOf(one('LimitNOFILE')),
    processes: countOf(one('TasksMax') ?? one('LimitNPROC')),
  };
  const set = Object.entries(limits).filter(([, value]) => value !== undefined);
  return set.length > 0 ? { limits: Object.fromEntries(set) } : {};
}

/** Numbers; names of codes and signals are not known here. */
function successOf(values: string[]): Pick<ProcessDefinition, 'success_exit_codes'> {
  const codes = values.flatMap((value) => value.split(/\s+/)).filter((code) => /^\d+$/.test(code));
  return codes.length > 0 ? { success_exit_codes: [...new Set([0, ...codes.map(Number)])] } : {};
}
