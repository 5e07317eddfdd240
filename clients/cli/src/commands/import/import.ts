// Sends files of another system to the server, and prints what each item in them becomes.
import type { Act } from '../../command-row.js';
import { exitCodes, Failure } from '../../failure.js';
import { needsNewerServer } from '../../http/needs-newer-server.js';
import { Refusal } from '../../http/refusal.js';
import { segment } from '../../http/segment.js';
import type { Session } from '../../session.js';
import { printJson, printLine } from '../../terminal/table.js';
import { readFilesOf } from './files.js';

interface ImportOptions {
  apply?: boolean;
  replace?: boolean;
  json?: boolean;
}

interface Fault {
  path: string;
  message: string;
}

interface Converted {
  item: string;
  definition: { name: string; exec: string; parameters?: { properties?: Record<string, unknown>; required?: string[] } };
  notes: string[];
  warnings: Fault[];
  faults: Fault[];
  exists: 'same' | 'different' | null;
  result?: string;
}

interface Answer {
  definitions: Converted[];
  refused: { item: string; reason: string }[];
}

export const importFiles: Act = async (session, [kind, ...paths], options: ImportOptions) => {
  if (options.replace && !options.apply)
    throw new Failure('--replace needs --apply, without which nothing is stored', { exitCode: exitCodes.usage });
  const answer = await ask(session, { kind, files: readFilesOf(kind, paths) }, options);
  if (options.json) printJson(answer);
  else show(answer, session.server.label, options);
  const isWhole = answer.refused.length === 0 && answer.definitions.every(({ faults }) => faults.length === 0);
  return isWhole ? 0 : exitCodes.failed;
};

async function ask(session: Session, sent: { kind: string; files: Record<string, string> }, options: ImportOptions): Promise<Answer> {
  const query = new URLSearchParams({ ...(options.apply && { apply: '1' }), ...(options.replace && { replace: '1' }) });
  const path = `/api/import/${segment(sent.kind)}/?${query}`;
  try {
    return await session.connection.json<Answer>({ method: 'POST', path, json: { files: sent.files } });
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 404) throw error;
    if (error.message.includes('unknown kind')) throw new Failure(error.message, { exitCode: exitCodes.usage });
    throw await needsNewerServer(session.connection, 'procreg import');
  }
}

function show({ definitions, refused }: Answer, server: string, { apply }: ImportOptions): void {
  for (const one of definitions) {
    printLine(`${one.item}: ${one.definition.name}${parametersOf(one)} (${one.result ?? plannedOf(one)})`);
    for (const { path, message } of one.faults) printLine(`  fault: ${path ? `${path}: ` : ''}${message}`);
    for (const note of one.notes) printLine(`  note: ${note}`);
    for (const { message } of one.warnings) printLine(`  warning: ${message}`);
  }
  for (const { item, reason } of refused) printLine(`${item}: refused: ${reason}`);
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
  const rest = apply ? `on ${server}` : '(nothing is stored without --apply)';
  printLine(`${count(definitions.length, 'definition')}, ${refused.length} refused ${rest}`);
}

/** What --apply would do. */
function plannedOf({ exists, faults }: Converted): string {
  if (faults.length > 0) return 'cannot be stored';
  return exists === null ? 'new' : exists === 'same' ? 'unchanged' : 'different: --replace changes it';
}

/** As a command line would show them: --bitrate, [--verbose]. */
function parametersOf({ definition: { parameters } }: Converted): string {
  const required = new Set(parameters?.required);
  const names = Object.keys(parameters?.properties ?? {});
  return names.map((name) => (required.has(name) ? ` --${name}` : ` [--${name}]`)).join('');
}
