// Parses stored definitions, each revision once: every run of a definition shares one object, which nobody can change.
import type { ProcessDefinition } from '../model/definition.js';
import { cachedLength } from './definition-cache.js';
import type { DefinitionRow } from './definition-rows.js';

interface Parsed {
  text: string;
  content: ProcessDefinition;
}

/** At this many definitions the oldest one is forgotten. */
const bound = 1000;

const known = new Map<number, Parsed>();

export function parsedDefinition({ id, definition: text }: Pick<DefinitionRow, 'id' | 'definition'>): ProcessDefinition {
  const former = known.get(id);
  if (former?.text === text) return former.content;
  const content = frozen(JSON.parse(text)) as ProcessDefinition;
  known.delete(id);
  if (text.length > cachedLength) return content;
  if (known.size >= bound) known.delete(known.keys().next().value as number);
  known.set(id, { text, content });
  return content;
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}
