// The sources of the project, as the architecture tests look at them.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { projectRoot } from '../support/server.js';

export interface Source {
  /** From the project's root. */
  path: string;
  text: string;
}

/** The files of a folder and those below it whose names end so, from the project's root. */
export function filesOf(folder: string, end: string): string[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(end))
    .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)));
}

export function sourcesOf(folder: string): Source[] {
  const files = ['.ts', '.tsx'].flatMap((end) => filesOf(folder, end));
  return files.map((path) => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }));
}

/** The relative imports of a source, as paths from the project's root. */
export function importsOf({ path, text }: Source): string[] {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)\.js'/g)].map(([, specifier]) => specifier);
  return specifiers.map((specifier) => `${join(path, '..', specifier)}.ts`);
}
