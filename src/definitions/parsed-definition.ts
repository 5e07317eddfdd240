// Parses stored definitions, each revision once: every run of a definition shares one object, which nobody can change. Large ones are kept as long
// as their row is held.
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
/** By their rows, which do not change. */
const large = new WeakMap<object, ProcessDefinition>();

export function parsedDefinition(row: Pick<DefinitionRow, 'id' | 'definition'>): ProcessDefinition {
  const { id, definition: text } = row;
  if (text.length > cachedLength) return parsedOnce(row);
  const former = known.get(id);
  if (former?.text === text) return former.content;
  const content = parsed(text);
  known.delete(id);
  if (known.size >= bound) known.delete(known.keys().next().value as number);
  known.set(id, { text, content });
  return content;
}

function parsedOnce(row: Pick<DefinitionRow, 'definition'>): ProcessDefinition {
  const former = large.get(row);
  if (former) return former;
  const content = parsed(row.definition);
  if (Object.isFrozen(row)) large.set(row, content);
  return content;
}

function parsed(text: string): ProcessDefinition {
  return frozen(JSON.parse(text)) as ProcessDefinition;
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}
