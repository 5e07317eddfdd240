// Applies the JSON and YAML files of DEFINITIONS_DIR at boot by name; a definition that has not changed stays untouched.
import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { parse } from 'yaml';
import type { ProcessDefinition } from '../model/definition.js';
import type { Principal } from '../model/roles.js';
import { jsonFault } from '../model/strict-json.js';
import type { DefinitionWarnings } from './definition-warnings.js';
import type { Definitions } from './definitions.js';
import { validateDefinition } from './validate-definition.js';

const extensions = ['.json', '.yaml', '.yml'];

interface Registry {
  definitions: Definitions;
  warnings: DefinitionWarnings;
  /** Called with each warning, which begins with the file. */
  warn: (line: string) => void;
}

/** Returns the names that were applied. A definition without a `name` is named after its file. Throws an Error that names the file. */
export async function loadDirectory(directory: string, owner: Principal, registry: Registry): Promise<string[]> {
  const files = (await readdir(directory)).filter((file) => extensions.includes(extname(file))).sort();
  const applied: string[] = [];
  for (const file of files) {
    try {
      const name = await apply(join(directory, file), owner, registry);
      if (applied.includes(name)) throw new Error(`another file already defines '${name}'`);
      applied.push(name);
    } catch (error) {
      throw new Error(`${join(directory, file)}: ${(error as Error).message}`);
    }
  }
  return applied;
}

async function apply(file: string, owner: Principal, { definitions, warnings, warn }: Registry): Promise<string> {
  const read = parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const fault = jsonFault(read);
  if (fault) throw new Error(fault);
  const inner = (read && typeof read === 'object' && 'definition' in read ? read.definition : read) as ProcessDefinition;
  const definition = await validateDefinition({ name: basename(file, extname(file)), ...inner }, owner.userId);
  const name = definition.name as string;
  const [former] = (await definitions.rows.byName(owner, name)).filter((row) => row.ownerId === owner.userId);
  if (former?.definition !== JSON.stringify(definition)) await definitions.put(owner, name, { definition });
  for (const { message } of warnings.of(owner, definition).faults) warn(`${file}: ${message}`);
  return name;
}
