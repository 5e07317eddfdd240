// `procreg __complete -- WORDS…`: what may stand in place of the last word, for the scripts of `procreg completion`.
import { commandRows, groupSummaries } from '../commands/table.js';
import { definitionPath } from '../definitions/stored-definition.js';
import { readRun } from '../runs/find-run.js';
import { Session } from '../session.js';
import { plain } from '../terminal/table.js';
import { cursorOf, type Place } from './command-words.js';
import { knownNames } from './known-names.js';
import type { OptionWords } from './option-words.js';
import { type Definition, parameterCandidates } from './parameter-words.js';

export interface Candidate {
  value: string;
  /** What it is, where the shell shows that. */
  text?: string;
}

/** A shell waits for it: a server that takes longer completes nothing. */
const patienceMs = 1000;

/**
 * Prints one candidate per line, with a text behind a tab; or `:files`, for the paths that the shell completes itself. Prints nothing where anything
 * fails, and ends the process, so that no connection holds up the shell.
 */
export async function complete(words: string[]): Promise<never> {
  const current = words.at(-1) ?? '';
  const late = new Promise<Candidate[]>((resolve) => setTimeout(resolve, patienceMs, []));
  const found = await Promise.race([late, candidates(words.slice(0, -1), current).catch(() => [])]);
  const lines = found === 'files' ? [':files'] : found.filter(({ value }) => isOffered(value, current)).map(lineOf);
  process.stdout.write(lines.map((line) => `${line}\n`).join(''), () => process.exit(0));
  return new Promise(() => {});
}

const isOffered = (value: string, current: string) => value.startsWith(current) && value === plain(value) && !value.startsWith(':');

function lineOf({ value, text }: Candidate): string {
  return text ? `${value}\t${plain(text.split('\n')[0]).slice(0, 80)}` : value;
}

async function candidates(before: string[], current: string): Promise<Candidate[] | 'files'> {
  const { place, server } = cursorOf(before, current);
  const session = new Session(server);
  if (place.at === 'command') return commandCandidates(place.before);
  if (place.at === 'option') return place.options.flatMap(optionCandidates);
  if (place.at === 'value') return valueCandidates(session, place.option, current);
  if (place.at === 'operand') return place.what ? knownNames(session, place.what, current) : [];
  return parameterCandidates(await definitionOf(session, place), place.before, current);
}

/** At the long names; a short one is typed faster than it is completed. */
function optionCandidates({ names, summary }: OptionWords): Candidate[] {
  return names.filter((name) => name.startsWith('--')).map((value) => ({ value, text: summary }));
}

function commandCandidates([group, ...more]: string[]): Candidate[] {
  if (more.length > 0) return [];
  const below = commandRows.filter(({ path }) => (group === undefined ? true : path.startsWith(`${group} `)));
  const first = new Map<string, string>();
  for (const { path, summary } of below) {
    const [word, second] = path.split(' ');
    if (group !== undefined) first.set(second, summary);
    else first.set(word, second === undefined ? summary : groupSummaries[word]);
  }
  return [...first].map(([value, text]) => ({ value, text }));
}

const roles = ['viewer', 'runner', 'author', 'admin'];
const files = ['file', 'path', 'folder'];
const kinds = ['definition', 'lane', 'server', 'user', 'run'] as const;

/** By what stands between < and >, or by the name of the option. */
async function valueCandidates(session: Session, { names, value = '' }: OptionWords, current: string): Promise<Candidate[] | 'files'> {
  const name = names[names.length - 1].replace(/^-+/, '');
  if (files.includes(value)) return 'files';
  if (value === 'role') return roles.map((role) => ({ value: role }));
  if (name === 'output') return [{ value: 'wide' }];
  const kind = kinds.find((one) => one === value || one === name);
  return kind === undefined ? [] : knownNames(session, kind, current);
}

async function definitionOf(session: Session, { of, kind }: Extract<Place, { at: 'parameter' }>): Promise<Definition> {
  const { connection } = session;
  if (kind === 'definition') return (await connection.json<{ definition: Definition }>({ path: definitionPath(of) })).definition;
  const uri = (await readRun(connection, of)).definition?.split('/').at(-2);
  return uri === undefined ? {} : (await connection.json<{ definition: Definition }>({ path: definitionPath(uri) })).definition;
}
