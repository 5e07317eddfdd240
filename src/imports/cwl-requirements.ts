// The requirements and hints of a CWL tool: what a definition has a key for, what is refused, and what is said.
import type { ProcessDefinition } from '../model/definition.js';
import { literal, Refused } from './imported.js';

type Entry = Record<string, unknown>;
/** Turns a text of CWL into a template. */
type Text = (text: string) => string;

/** A map by class, or a list with `class` in each. */
export function entriesOf(value: unknown, key: string): Entry[] {
  if (Array.isArray(value)) return value as Entry[];
  return Object.entries((value ?? {}) as Record<string, unknown>).map(([name, one]) => ({ ...shaped(one), [key]: name }));
}

function shaped(one: unknown): Entry {
  if (typeof one === 'object' && one !== null && !Array.isArray(one)) return one as Entry;
  return one === null || one === undefined ? {} : { type: one };
}

const harmless = new Set([
  'InlineJavascriptRequirement',
  'SchemaDefRequirement',
  'WorkReuse',
  'InplaceUpdateRequirement',
  'LoadListingRequirement',
]);

export function requirementsOf(tool: Entry, text: Text, notes: string[]): Partial<ProcessDefinition> {
  const required = entriesOf(tool['requirements'], 'class').map((one) => ({ one, isHint: false }));
  const hints = entriesOf(tool['hints'], 'class').map((one) => ({ one, isHint: true }));
  const definition: Partial<ProcessDefinition> = {};
  for (const { one, isHint } of [...required, ...hints]) {
    const name = String(one['class']).replace(/^.*[:#]/, '');
    if (harmless.has(name)) continue;
    const known = requirement(name, one, text);
    if (known) Object.assign(definition, known);
    else if (isHint) notes.push(`the hint ${name} is not carried over: the program is the one of the server's machine`);
    else throw new Refused(`the requirement ${name} is not possible here`);
  }
  return definition;
}

function requirement(name: string, one: Entry, text: Text): Partial<ProcessDefinition> | undefined {
  if (name === 'EnvVarRequirement') return { environment: environmentOf(one['envDef'], text) };
  if (name === 'InitialWorkDirRequirement') return { files: filesOf(one['listing']) };
  if (name === 'ToolTimeLimit') return typeof one['timelimit'] === 'number' ? { timeout: one['timelimit'] } : undefined;
  if (name === 'NetworkAccess' || name === 'ResourceRequirement') return {};
  return undefined;
}

function environmentOf(definitions: unknown, text: Text): Record<string, string> {
  if (Array.isArray(definitions))
    return Object.fromEntries(definitions.map(({ envName, envValue }: Entry) => [String(envName), text(String(envValue))]));
  return Object.fromEntries(
    Object.entries((definitions ?? {}) as Record<string, unknown>).map(([name, value]) => [
      name,
      text(String(typeof value === 'object' ? (value as Entry)?.['envValue'] : value)),
    ]),
  );
}

/** Only literals: the text of a file is not a template. */
function filesOf(listing: unknown): Record<string, string> {
  if (!Array.isArray(listing)) throw new Refused('the listing of InitialWorkDirRequirement is an expression');
  return Object.fromEntries(
    listing.map((one: unknown) => {
      const { entryname, entry } = (typeof one === 'object' && one !== null ? one : {}) as Entry;
      if (typeof entryname !== 'string' || typeof entry !== 'string')
        throw new Refused('InitialWorkDirRequirement: only texts with a name are possible');
      if (/(?<!\\)\$[({]/.test(entryname + entry)) throw new Refused(`the text of ${entryname} contains an expression`);
      return [literal(entryname), entry.replace(/\\(?=\$[({])/g, '')];
    }),
  );
}
