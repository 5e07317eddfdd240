// Folders from others: what stands in them leads nowhere else on this machine.
import { realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The parts of the way from `folder` to what `path`, which is relative to it, is in truth; links are followed. Throws an Error where that is outside. */
export function partsInside(folder: string, path: string): string[] {
  const parts = relative(realpathSync(folder), realpathSync(join(folder, path))).split(sep);
  if (['', '..'].includes(parts[0])) throw new Error(`${path} is outside of the folder of the definition`);
  return parts;
}
