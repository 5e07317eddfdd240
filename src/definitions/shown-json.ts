// Shows a value as JSON text in a message: a long value is cut, and is read no further than it is shown.
import { cut } from './faults.js';

const shownBound = 80;
/** The texts of large values, which may be part of many faults. */
const shownBefore = new WeakMap<object, string>();

export function shownJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return shown(value);
  const text = shownBefore.get(value) ?? shown(value);
  shownBefore.set(value, text);
  return text;
}

function shown(value: unknown): string {
  return cut(JSON.stringify(shortened(value, { left: shownBound })) ?? String(value), shownBound);
}

function shortened(value: unknown, room: { left: number }): unknown {
  if (typeof value === 'string') return value.slice(0, shownBound + 1);
  if (typeof value !== 'object' || value === null) return value;
  if (room.left-- <= 0) return null;
  const first = <Item>(items: Item[]) => items.slice(0, shownBound);
  if (Array.isArray(value)) return first(value).map((inner) => shortened(inner, room));
  return Object.fromEntries(first(Object.entries(value)).map(([key, inner]) => [cut(key, shownBound), shortened(inner, room)]));
}
