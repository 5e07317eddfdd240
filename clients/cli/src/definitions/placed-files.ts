// Files of a definition that stand next to it on the disk: {"files": {"report.py": {"from": "report.py"}}}.

import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { partsInside } from './path-inside.js';
import type { Definition } from './stored-definition.js';

/**
 * The definition with the content of the files in place of their paths, which are relative to `folder` and lead neither out of it nor to hidden
 * files: a folder from others must not send one's own files to a server, such as the token in a `.git`. `folder`: undefined for a definition
 * from stdin, which has none. Throws an Error that begins with `where`.
 */
export function placeFiles(definition: Definition, { where, folder }: { where: string; folder?: string }): Definition {
  const { files } = definition;
  if (typeof files !== 'object' || files === null || Array.isArray(files)) return definition;
  const placed = Object.entries(files).map(([path, value]) => {
    const from = (value as { from?: unknown } | null)?.from;
    return [path, typeof from === 'string' ? contentOf(from, { folder, fault: `${where}: files.${path}.from` }) : value];
  });
  return { ...definition, files: Object.fromEntries(placed) };
}

function contentOf(from: string, { folder, fault }: { folder?: string; fault: string }): string | { base64: string } {
  try {
    if (folder === undefined) throw new Error('a definition from stdin stands in no folder');
    // not those with two dots: Kubernetes mounts files as links through `..data`
    if (partsInside(folder, from).some((part) => /^\.(?!\.)/.test(part))) throw new Error(`${from} is a hidden file`);
    return storedContent(join(folder, from));
  } catch (error) {
    throw new Error(`${fault}: ${(error as Error).message}`);
  }
}

/** A text where it is one, as `files` of definitions have it. Throws an Error of the system. */
export function storedContent(path: string): string | { base64: string } {
  const bytes = readFileSync(path);
  return isUtf8(bytes) ? bytes.toString() : { base64: bytes.toString('base64') };
}
