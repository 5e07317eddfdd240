// Makes the server's definitions what files say: creates, changes, leaves alone, and by --prune removes.
import type { Act } from '../../command-row.js';
import { checkDefinition } from '../../definitions/check-definition.js';
import { faulty, type Given, readDefinitions } from '../../definitions/definition-files.js';
import { groupTag, isSame, marksOf, withMarks } from '../../definitions/group-mark.js';
import { definitionDiff } from '../../definitions/rendered.js';
import { type Definition, ownStored, type Stored } from '../../definitions/stored-definition.js';
import { changeDefinition, createDefinition } from '../../definitions/write-definition.js';
import { exitCodes, Failure } from '../../failure.js';
import { Refusal } from '../../http/refusal.js';
import type { Session } from '../../session.js';
import { print, printLine, tell } from '../../terminal/table.js';
import { confirmPrune, obsoleteOf, prune } from './prune.js';
import { requireTests } from './require-tests.js';

export interface ApplyOptions {
  dryRun?: boolean;
  group?: string;
  prune?: boolean;
  yes?: boolean;
  test?: boolean;
}

/** What becomes of one definition. */
interface Step extends Given {
  stored?: Stored;
  change: 'created' | 'changed' | 'unchanged';
}

export const apply: Act = async (session, paths, options: ApplyOptions) => {
  if (options.prune && options.group === undefined)
    throw new Failure('--prune needs --group: it removes what an earlier apply of that group has created', { exitCode: exitCodes.usage });
  if (options.test && options.dryRun)
    throw new Failure('--test runs the examples of what is then saved; --dry-run does neither', { exitCode: exitCodes.usage });
  if (options.test) await requireTests(session);
  const tag = options.group === undefined ? undefined : groupTag(options.group);
  const given = await readDefinitions(paths);
  const steps = await stepsOf(session, given, tag);
  await check(session, steps);
  const obsolete = options.prune && tag ? await obsoleteOf(session, tag, new Set(given.map(({ name }) => name))) : [];
  if (obsolete.length > 0) await confirmPrune(session, obsolete, options);
  for (const step of steps) await carryOut(session, step, options);
  await prune(session, obsolete, options);
  return 0;
};

/** `definition` of each step is complete: with its name and the marks of groups. */
async function stepsOf(session: Session, given: Given[], tag?: string): Promise<Step[]> {
  const steps: Step[] = [];
  for (const one of given) {
    const stored = await ownStored(session, one.name);
    // what was there before belongs to no group, or to the one that has created it
    const marks = stored ? marksOf(stored.definition) : tag ? [tag] : [];
    const definition = withMarks(one.definition, marks);
    const change = !stored ? 'created' : isSame(stored.definition, definition) ? 'unchanged' : 'changed';
    steps.push({ ...one, definition, stored, change });
  }
  return steps;
}

/** Everything is checked before the first one is written. */
async function check({ connection }: Session, steps: Step[]): Promise<void> {
  const faults: string[] = [];
  for (const { where, definition, change } of steps) {
    if (change === 'unchanged') continue;
    const verdict = await checkDefinition(connection, definition);
    faults.push(...verdict.faults.map((fault) => `${where}: ${fault}`));
    for (const warning of verdict.warnings) tell(`warning: ${where}: ${warning}`);
  }
  if (faults.length > 0) throw faulty(faults);
}

async function carryOut({ connection }: Session, step: Step, { dryRun, test }: ApplyOptions): Promise<void> {
  const { name, definition, stored, change } = step;
  let passed = 0;
  if (!dryRun && change === 'created') passed = await createDefinition(connection, definition, { test }).catch(named(step));
  if (!dryRun && change === 'changed')
    passed = await changeDefinition(connection, stored as Stored, { definition, test }).catch(named(step));
  const tested = test && change !== 'unchanged' ? ` (${passed === 1 ? '1 example' : `${passed} examples`} passed)` : '';
  printLine(`${change} ${name}${dryRun ? ' (dry run)' : tested}`);
  if (change === 'changed') print(await diffText(stored as Stored, definition));
}

/** Says whose examples have failed: other definitions have been saved before. */
function named({ where }: Step) {
  return (error: unknown): never => {
    if (!(error instanceof Refusal) || error.code !== 'selftest_failed') throw error;
    throw new Failure(`${where}: ${error.message}`);
  };
}

async function diffText(stored: Stored, definition: Definition): Promise<string> {
  return (await definitionDiff(stored.definition, definition)).map((line) => `  ${line}\n`).join('');
}

/** Exit code 1 when something differs, as with the program diff. */
export const diff: Act = async (session, paths) => {
  const steps = await stepsOf(session, await readDefinitions(paths));
  for (const { name, definition, stored, change } of steps) {
    if (change === 'unchanged') continue;
    printLine(change === 'created' ? `${name} does not exist on ${session.server.label}` : `${name} on ${session.server.label}`);
    if (stored) print(await diffText(stored, definition));
  }
  return steps.every(({ change }) => change === 'unchanged') ? 0 : exitCodes.failed;
};
