// Definitions as people read and edit them: YAML, in which the text of a script stands line by line.

import { lineDiff } from '../terminal/line-diff.js';
import { paint } from '../terminal/paint.js';
import { plain } from '../terminal/table.js';
import type { Definition } from './stored-definition.js';

export async function yamlOf(value: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Lines of `diff -u`. Values of the environment are not shown, since diffs end up in logs: only whether they differ. */
export async function definitionDiff(before: Definition, after: Definition): Promise<string[]> {
  const [one, other] = hideValues(inOrderOf(before, after), after);
  return colouredDiff(await yamlOf(one), await yamlOf(other));
}

/** Lines of `diff -u`, for a terminal. */
export function colouredDiff(before: string, after: string): string[] {
  return lineDiff(before, after).map(coloured);
}

/** The keys in the order of the other one, so that a mere order is not a difference. */
function inOrderOf(value: unknown, other: unknown): unknown {
  if (Array.isArray(value)) return value.map((item, index) => inOrderOf(item, Array.isArray(other) ? other[index] : undefined));
  if (!isObject(value)) return value;
  const first = isObject(other) ? Object.keys(other).filter((key) => Object.hasOwn(value, key)) : [];
  const keys = new Set([...first, ...Object.keys(value)]);
  return Object.fromEntries([...keys].map((key) => [key, inOrderOf(value[key], isObject(other) ? other[key] : undefined)]));
}

function hideValues(before: unknown, after: unknown): [unknown, unknown] {
  const [one, other] = [environmentOf(before), environmentOf(after)];
  const hidden = (values: Record<string, unknown>, others: Record<string, unknown>, when: string) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        Object.hasOwn(others, name) && others[name] !== value ? `*** (${when})` : '***',
      ]),
    );
  return [
    one ? { ...(before as object), environment: hidden(one, other ?? {}, 'before') } : before,
    other ? { ...(after as object), environment: hidden(other, one ?? {}, 'after') } : after,
  ];
}

function environmentOf(definition: unknown): Record<string, unknown> | undefined {
  const environment = isObject(definition) ? definition.environment : undefined;
  return isObject(environment) ? environment : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function coloured(line: string): string {
  const text = `${line[0]}${plain(line.slice(1))}`;
  if (line.startsWith('-')) return paint('red', text);
  if (line.startsWith('+')) return paint('green', text);
  return line === '@@' ? paint('cyan', text) : text;
}
