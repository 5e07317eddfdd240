// Changes single definitions: in an editor, back to a former version, removed.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Act } from '../../command-row.js';
import { isSame } from '../../definitions/group-mark.js';
import { yamlOf } from '../../definitions/rendered.js';
import { type Definition, definitionPath, readStored, type Stored } from '../../definitions/stored-definition.js';
import { changeDefinition, removeDefinition, type WriteOptions } from '../../definitions/write-definition.js';
import { exitCodes, Failure } from '../../failure.js';
import { segment } from '../../http/segment.js';
import type { Session } from '../../session.js';
import { confirm } from '../../terminal/ask.js';
import { printLine, tell } from '../../terminal/table.js';
import { requireTests } from './require-tests.js';

export const edit: Act = async (session, [ref], options: WriteOptions) => {
  if (options.test) await requireTests(session);
  const stored = await readStored(session.connection, ref);
  const folder = mkdtempSync(join(tmpdir(), 'procreg-edit-'));
  // the name of the definition is the server's word, and says nothing about a place on this machine
  const file = join(folder, 'definition.yaml');
  const text = await yamlOf(stored.definition);
  writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  await openEditor(file);
  if (readFileSync(file, 'utf8') === text) tell(`${ref} was not changed.`);
  else await save(session, stored, { file, ...options });
  rmSync(folder, { recursive: true });
  return 0;
};

/** What was typed stays in the file when the server refuses it. */
async function save({ connection, server }: Session, stored: Stored, { file, test }: WriteOptions & { file: string }): Promise<void> {
  try {
    const { parse } = await import('yaml');
    const definition = parse(readFileSync(file, 'utf8')) as Definition;
    if (isSame(stored.definition, definition)) return;
    await changeDefinition(connection, stored, { definition, test });
    printLine(`changed ${definition.name ?? stored.id} on ${server.label}`);
  } catch (error) {
    const { message, exitCode = exitCodes.failed } = error as Failure;
    // one without a name would be stored under that of the file
    const next = stored.definition.name === undefined ? '' : `; mend it, and: procreg def apply ${file}`;
    throw new Failure(message, { exitCode, hint: `your text is in ${file}${next}` });
  }
}

function openEditor(file: string): Promise<void> {
  const { VISUAL, EDITOR } = process.env;
  const editor = VISUAL || EDITOR || 'vi';
  // by a shell, as git does: the value may hold arguments
  const child = spawn('sh', ['-c', `${editor} "$@"`, 'procreg', file], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Failure(`the editor '${editor}' failed, so that nothing was changed`, { hint: `your text is in ${file}` }));
    });
  });
}

export const restore: Act = async (session, [ref, revision]) => {
  const path = `${definitionPath(ref)}revisions/${segment(revision)}/restore/`;
  await session.connection.json({ method: 'POST', path });
  printLine(`restored revision ${revision} of ${ref} on ${session.server.label}`);
  return 0;
};

export const remove: Act = async (session, refs, { yes = false }: { yes?: boolean }) => {
  const all: Stored[] = [];
  for (const ref of refs) all.push(await readStored(session.connection, ref));
  const { label } = session.server;
  const names = all.map(({ definition, id }) => definition.name ?? String(id));
  if (all.length > 1) await confirm(`Remove ${names.join(', ')} from ${label}?`, yes);
  for (const [index, stored] of all.entries()) {
    await removeDefinition(session.connection, stored);
    printLine(`removed ${names[index]} from ${label}`);
  }
  return 0;
};
