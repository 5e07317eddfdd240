// A large definition is in memory once for all who hold it, and is parsed once.
import { expect, test } from 'vitest';
import type { DefinitionRow } from '../../src/definitions/definition-rows.js';
import { LargeRows } from '../../src/definitions/large-rows.js';
import { parsedDefinition } from '../../src/definitions/parsed-definition.js';

function row(length: number, more: Partial<DefinitionRow> = {}): DefinitionRow {
  const definition = JSON.stringify({ exec: 'true', description: 'x'.repeat(length) });
  return { id: 1, ownerId: 1, name: 'one', shared: false, tool: false, definition, revision: 1, updatedAtMs: 1, ...more };
}

test('The same revision of a large definition is the same object for all who read it, and cannot be changed', () => {
  const rows = new LargeRows<DefinitionRow>();
  const first = rows.once(row(20_000));
  expect(rows.once(row(20_000))).toBe(first);
  expect(parsedDefinition(rows.once(row(20_000)))).toBe(parsedDefinition(first));
  expect(Object.isFrozen(first)).toBe(true);
});

test('Another revision, name or visibility is another object', () => {
  const rows = new LargeRows<DefinitionRow>();
  const first = rows.once(row(20_000));
  for (const more of [{ revision: 2 }, { name: 'other' }, { shared: true }, { ownerId: 2 }, { updatedAtMs: 2 }]) {
    const other = rows.once(row(20_000, more));
    expect(other).not.toBe(first);
    expect(other).toMatchObject(more);
    rows.once(first);
  }
  expect(parsedDefinition(rows.once(row(30_000))).description).toHaveLength(30_000);
});

test('A small definition is as it was read', () => {
  const small = row(10);
  expect(new LargeRows<DefinitionRow>().once(small)).toBe(small);
  expect(Object.isFrozen(small)).toBe(false);
});
