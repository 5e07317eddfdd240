// What a click on a word changes: its role, its name, what one chooses from.
import { contentTypes, optionNames, usualChoices } from './known-types.js';
import { changeable, type Draft, extensionOf, freeName, type Part, type Role } from './parts.js';

export const roleNames: Record<Role, string> = {
  fixed: 'Stays as it is',
  input: 'Input file',
  output: 'Output file',
  text: 'Text',
  number: 'Number',
  choice: 'Choice',
  switch: 'Switch',
};

/** What this word can be. */
export function rolesOf(part: Part, { usesShell }: Draft): Role[] {
  const value = changeable(part);
  // a field of a script has no value to begin with
  const isNumber = value === '' ? part.role !== 'fixed' : Number.isFinite(Number(value));
  const roles: Role[] = ['fixed', 'input', 'output', 'text', ...(isNumber ? (['number'] as const) : []), 'choice'];
  return !usesShell && part.prefix === '' ? [...roles, 'switch'] : roles;
}

export function withRole(draft: Draft, part: Part, role: Role): Draft {
  const name = freeNameIn(draft, part, part.name || usualName(draft.parts, part));
  const value = changeable(part);
  const choices = role === 'choice' && part.choices.length === 0 ? (usualChoices[name] ?? [value]) : part.choices;
  const { schema: _former, ...plain } = part;
  return replaced(draft, part, { ...plain, role, name, choices });
}

/** A run has one result. */
function replaced(draft: Draft, part: Part, now: Part): Draft {
  const parts = draft.parts.map((one) => {
    if (one === part) return now;
    return now.role === 'output' && one.role === 'output' ? { ...one, role: 'fixed' as const } : one;
  });
  return { ...draft, parts };
}

export function withName(draft: Draft, part: Part, name: string): Draft {
  return replaced(draft, part, { ...part, name: freeNameIn(draft, part, name) });
}

function freeNameIn({ parts, more }: Draft, part: Part, wanted: string): string {
  const { properties = {} } = (more.parameters ?? {}) as { properties?: object };
  const others = parts.filter((one) => one !== part);
  return freeName(wanted, others, Object.keys(properties));
}

export function withChoices(draft: Draft, part: Part, text: string): Draft {
  const choices = text.split(',').map((choice) => choice.trim());
  const { schema: _former, ...plain } = part;
  return replaced(draft, part, { ...plain, choices: choices.filter((choice) => choice !== '') });
}

/** By the option before it, or by itself. */
function usualName(parts: Part[], part: Part): string {
  const before = parts[parts.indexOf(part) - 1];
  const option = part.prefix || (before?.text.startsWith('-') ? before.text : '');
  const plain = option.replace(/^-+|[=@]+$/g, '');
  return optionNames[plain] ?? (plain || changeable(part).replace(/^.*\/|\.[^.]*$/g, ''));
}

/** A name for the definition: what comes out of a converter, else the program. */
export function suggestedName({ parts, usesShell, files }: Draft): string {
  const output = parts.find(({ role }) => role === 'output');
  const extension = output ? extensionOf(changeable(output)) : '';
  if (extension in contentTypes && !usesShell) return extension;
  const [script] = Object.keys(files);
  const program = (script ?? parts[0]?.text ?? '').replace(/^.*\//, '').replace(/\.[^.]*$/, '');
  return program.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
}
