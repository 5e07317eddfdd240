// Reads files of definitions: JSON or YAML, one or several in each; every fault is said, with its file.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { exitCodes, Failure } from '../failure.js';
import { partsInside } from './path-inside.js';
import { placeFiles } from './placed-files.js';
import type { Definition } from './stored-definition.js';

const extensions = ['.json', '.yaml', '.yml'];

export interface Given {
  /** The file, and which one in it where there are several: `all.yaml, definition 2`. */
  where: string;
  name: string;
  definition: Definition;
}

/** `paths`: files, folders (their .json, .yaml and .yml files), or - for stdin. Throws a Failure with all faults of all files. */
export async function readDefinitions(paths: string[]): Promise<Given[]> {
  const faults: string[] = [];
  const given: Given[] = [];
  for (const { file, folder } of paths.flatMap(filesAt)) {
    try {
      if (folder !== undefined) partsInside(folder, basename(file));
      given.push(...(await definitionsIn(file)));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      faults.push(error.message.startsWith(file) ? error.message : `${file}: ${error.message}`);
    }
  }
  faults.push(...twice(given));
  if (faults.length > 0) throw faulty(faults);
  if (given.length === 0) throw new Failure(`${paths.join(', ')} holds no definitions`);
  return given;
}

/** Nothing was changed: each fault has its own line. */
export function faulty(faults: string[]): Failure {
  return new Failure(`nothing was changed, since there are faults:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
}

/** `folder`: in which the file was found; undefined for one that was named. */
function filesAt(path: string): { file: string; folder?: string }[] {
  if (path === '-') return [{ file: path }];
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new Failure(`${path} does not exist`, { exitCode: exitCodes.usage });
  if (!found.isDirectory()) return [{ file: path }];
  const names = readdirSync(path).filter((name) => extensions.includes(extname(name)) && !name.startsWith('.'));
  return names.sort().map((name) => ({ file: join(path, name), folder: path }));
}

async function definitionsIn(file: string): Promise<Given[]> {
  const text = readFileSync(file === '-' ? 0 : file, 'utf8');
  const documents = extname(file) === '.json' ? [JSON.parse(text)] : await yamlDocuments(text);
  const all = documents.flatMap(membersOf);
  return all.map((value, index) => {
    const where = all.length > 1 ? `${file}, definition ${index + 1}` : file;
    const definition = definitionOf(value, where);
    const fallback = all.length > 1 || file === '-' ? undefined : basename(file, extname(file));
    const name = definition.name ?? fallback;
    if (typeof name !== 'string') throw new Error(`${where}: name: a definition among several needs a name`);
    return { where, name, definition: { ...placeFiles(definition, { where, folder: file === '-' ? undefined : dirname(file) }), name } };
  });
}

async function yamlDocuments(text: string): Promise<unknown[]> {
  const { parseAllDocuments } = await import('yaml');
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return [];
  for (const { errors } of documents) if (errors.length > 0) throw new Error(errors[0].message.trimEnd());
  return documents.map((one) => one.toJS() as unknown).filter((value) => value !== null);
}

/** A file may hold one definition, a list, or the list that the server answers with. */
function membersOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  const objects = (value as { objects?: unknown } | null)?.objects;
  return Array.isArray(objects) ? objects : [value];
}

/** The definition itself, or as the server answers with it: `{"definition": …}`. */
function definitionOf(value: unknown, where: string): Definition {
  const inner = isObject(value) && isObject(value.definition) ? value.definition : value;
  if (!isObject(inner)) throw new Error(`${where}: a definition is an object such as {"exec": "/usr/bin/tr"}`);
  return inner;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function twice(given: Given[]): string[] {
  const first = new Map<string, string>();
  return given.flatMap(({ name, where }) => {
    const other = first.get(name);
    first.set(name, other ?? where);
    return other === undefined ? [] : [`${where}: ${name} is defined in ${other} too`];
  });
}
