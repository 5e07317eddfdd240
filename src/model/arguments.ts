// Turns argv, environment and paths of a definition into plain strings once every placeholder has its value.
import type { ArgumentGroup, ProcessDefinition } from './definition.js';
import { parseTemplate, placeholderNames } from './placeholders.js';

/** Values by placeholder name; a list fills one whole argument, undefined is unset. */
export type PlaceholderValues = Record<string, unknown>;

/** The argument list: groups with an unset parameter are dropped, a list that fills an argument becomes one each. */
export function expandArguments(definition: ProcessDefinition, values: PlaceholderValues): string[] {
  return (definition.argv ?? definition.args ?? []).flatMap((element) =>
    typeof element === 'string' ? expandArgument(element, values) : expandGroup(element, values),
  );
}

function expandGroup(group: ArgumentGroup, values: PlaceholderValues): string[] {
  const texts = Array.isArray(group) ? group : group.args;
  if (!Array.isArray(group) && !isOn(values[group.when])) return [];
  const unset = texts.some((text) => placeholderNames(text).some((name) => values[name] === undefined));
  return unset ? [] : texts.flatMap((text) => expandArgument(text, values));
}

function isOn(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== '' && value !== 0;
}

function expandArgument(text: string, values: PlaceholderValues): string[] {
  const parts = parseTemplate(text);
  const only = parts.length === 1 && 'name' in parts[0] ? values[parts[0].name] : undefined;
  return Array.isArray(only) ? only.map(asText) : [expandText(text, values)];
}

/** `text` with every placeholder replaced, in one pass. */
export function expandText(text: string, values: PlaceholderValues): string {
  return parseTemplate(text)
    .map((part) => ('name' in part ? asText(values[part.name]) : part.literal))
    .join('');
}

/** The environment; a variable whose value names an unset parameter is left out. */
export function expandEnvironment(definition: ProcessDefinition, values: PlaceholderValues): Record<string, string> {
  const set = Object.entries(definition.environment ?? {}).filter(([, text]) =>
    placeholderNames(text).every((name) => values[name] !== undefined),
  );
  return Object.fromEntries(set.map(([name, text]) => [name, expandText(text, values)]));
}

/** The text that replaces a placeholder with this value. */
export function asText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
}
