// Puts the files of a definition into the work directory of a run, and takes away at its end those that the program left as they were.
import { rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type DefinitionFile, definitionFiles, foldersOf } from '../../model/definition-files.js';
import type { RunContext } from '../run/run-context.js';
import { openParent } from './open-parent.js';
import { makeFile } from './safe-create.js';
import { type LeftPlace, openLeftFile } from './safe-open.js';

type Placed = Pick<RunContext, 'order' | 'directory'>;

/** Throws path_taken and errors of the system. */
export async function placeDefinitionFiles({ order, directory }: Placed): Promise<void> {
  for (const { path, content, mode } of definitionFiles(order.definition)) {
    const file = await makeFile(directory, join(directory.work, path), mode);
    await file.writeFile(content).finally(() => file.close());
  }
}

/**
 * What is left afterwards is an artifact of the run. Never rejects: a file that cannot be read or removed stays, and a folder that is not empty. Done
 * once: a run that has ended leaves its directory soon.
 */
export async function removeUnchangedFiles(context: RunContext): Promise<void> {
  if (context.tidied) return;
  context.tidied = true;
  const { definition } = context.order;
  const { root, user } = context.directory;
  const place: LeftPlace = { root, path: 'work', user };
  for (const file of definitionFiles(definition)) {
    if (await isUnchanged(place, file).catch(() => false)) await remove(place, file.path, unlinkSync).catch(() => {});
  }
  for (const folder of foldersOf(definition)) await remove(place, folder, rmdirSync).catch(() => {});
}

async function isUnchanged(place: LeftPlace, { path, content }: DefinitionFile): Promise<boolean> {
  const file = await openLeftFile({ ...place, path: `${place.path}/${path}` });
  try {
    return (await file.stat()).size === content.length && content.equals(await file.readFile());
  } finally {
    await file.close();
  }
}

async function remove(place: LeftPlace, path: string, act: (target: string | Buffer) => void): Promise<void> {
  const { folder, target } = await openParent(place, path, { make: false });
  try {
    act(target);
  } finally {
    await folder.close();
  }
}
