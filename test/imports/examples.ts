// Reads the examples of test/fixtures/imports, and says what a definition made of one starts.
import { readdirSync, readFileSync } from 'node:fs';
import type { Imported } from '../../src/imports/imported.js';
import { expandArguments } from '../../src/model/arguments.js';
import { parseTemplate } from '../../src/model/placeholders.js';

const folder = new URL('../fixtures/imports/', import.meta.url);

export function example(path: string): Record<string, string> {
  return { [path]: readFileSync(new URL(path, folder), 'utf8') };
}

export function examples(path: string): Record<string, string> {
  return Object.assign({}, ...readdirSync(new URL(path, folder)).map((name) => example(`${path}/${name}`)));
}

/** The program and its arguments with these parameters; those without a value are their names in <>. */
export function wordsOf({ definition }: Imported, values: Record<string, unknown> = {}): string[] {
  if (!definition) return [];
  const names = Object.keys(definition.parameters?.properties ?? {});
  const all = { ...Object.fromEntries(names.map((name) => [name, `<${name}>`])), ...values };
  const [exec] = parseTemplate(definition.exec).map((part) => ('literal' in part ? part.literal : part.source));
  return [exec, ...expandArguments(definition, all)];
}
