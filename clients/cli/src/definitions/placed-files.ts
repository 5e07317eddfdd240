// Files of a definition that stand next to it on the disk: {"files": {"report.py": {"from": "report.py"}}}.

import { isUtf8 } from 'node:buffer';
import { readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Definition } from './stored-definition.js';

/**
 * The definition with the content of the files in place of their paths, which are relative to `folder` and lead nowhere out of it: a folder from
 * others must not send one's own files to a server. Throws an Error that begins with `where`.
 */
export function placeFiles(definition: Definition, { where, folder }: { where: string; folder: string }): Definition {
  const { files } = definition;
  if (typeof files !== 'object' || files === null || Array.isArray(files)) return definition;
  const placed = Object.entries(files).map(([path, value]) => {
    const from = (value as { from?: unknown } | null)?.from;
    return [path, typeof from === 'string' ? contentOf(from, { folder, fault: `${where}: files.${path}.from` }) : value];
  });
  return { ...definition, files: Object.fromEntries(placed) };
}

function contentOf(from: string, { folder, fault }: { folder: string; fault: string }): string | { base64: string } {
  try {
    const path = realpathSync(join(folder, from));
    if (!path.startsWith(`${realpathSync(folder)}${sep}`)) throw new Error(`${from} is outside of the folder of the definition`);
    return storedContent(path);
  } catch (error) {
    throw new Error(`${fault}: ${(error as Error).message}`);
  }
}

/** A text where it is one, as `files` of definitions have it. Throws an Error of the system. */
export function storedContent(path: string): string | { base64: string } {
  const bytes = readFileSync(path);
  return isUtf8(bytes) ? bytes.toString() : { base64: bytes.toString('base64') };
}
