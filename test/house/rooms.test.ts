// Who may import whom: the rooms of src/, and no cycle anywhere.
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf, sourcesOf } from './sources.js';

const mayImport: Record<string, string[]> = {
  protocol: [],
  worker: ['protocol'],
  execute: ['protocol', 'worker'],
  database: ['protocol'],
  backup: ['protocol', 'database'],
  accounts: ['protocol', 'database'],
  definitions: ['protocol', 'database', 'accounts'],
  results: ['protocol', 'database'],
  dispatch: ['protocol', 'execute'],
  runs: ['protocol', 'database', 'definitions', 'dispatch', 'results'],
  bus: ['protocol'],
  bindings: ['protocol', 'database', 'accounts', 'bus', 'definitions', 'runs'],
  doors: ['protocol', 'accounts', 'bindings', 'definitions', 'results', 'runs'],
  cli: ['protocol'],
};

const sources = sourcesOf('src');
const roomOf = (path: string) => /^src\/([^/]+)\//.exec(path)?.[1];

describe('rooms', () => {
  test('every folder of src/ is a room', () => {
    const rooms = new Set(sources.map(({ path }) => roomOf(path)).filter((room) => room !== undefined));
    expect([...rooms].sort()).toEqual(Object.keys(mayImport).sort());
  });

  test.each(Object.keys(mayImport))('%s imports only what it may', (room) => {
    const own = sources.filter(({ path }) => roomOf(path) === room);
    const foreign = own.flatMap((source) =>
      importsOf(source)
        .filter((path) => roomOf(path) !== room)
        .map((path) => `${source.path} → ${path}`),
    );
    const forbidden = foreign.filter((arrow) => !mayImport[room].includes(roomOf(arrow.split(' → ')[1]) ?? ''));
    expect(forbidden).toEqual([]);
  });

  test('nobody imports main.ts, serve.ts or app.module.ts but main.ts and serve.ts', () => {
    const importers = sources.filter((source) => importsOf(source).some((path) => /^src\/(main|serve|app\.module)\.ts$/.test(path)));
    expect(importers.map(({ path }) => path).sort()).toEqual(['src/main.ts', 'src/serve.ts']);
  });

  test('imports make no cycle', () => {
    const imports = new Map(sources.map((source) => [source.path, importsOf(source)]));
    const done = new Set<string>();
    const cycleFrom = (path: string, trail: string[]): string[] | undefined => {
      if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
      if (done.has(path)) return undefined;
      for (const next of imports.get(path) ?? []) {
        const cycle = cycleFrom(next, [...trail, path]);
        if (cycle) return cycle;
      }
      done.add(path);
      return undefined;
    };
    expect(sources.map(({ path }) => cycleFrom(path, [])).find((cycle) => cycle)).toBeUndefined();
  });

  test('there is no index.ts but worker/index.ts', () => {
    expect(sources.filter(({ path }) => basename(path) === 'index.ts' && path !== 'src/worker/index.ts')).toEqual([]);
  });

  test('only worker/ starts processes, and the entry its own Node', () => {
    const starters = sources.filter(
      ({ path, text }) => path !== 'src/entry.ts' && /from 'node:child_process'|from 'node:cluster'/.test(text),
    );
    expect(starters.map(({ path }) => roomOf(path))).toEqual(starters.map(() => 'worker'));
  });

  test('transactions begin in one place, for the serial writer alone', () => {
    const found = sources.filter(({ text }) => /\.transaction\(|startTransaction/.test(text)).map(({ path }) => path);
    expect(found).toEqual(['src/database/transaction.ts']);
    expect(sources.filter(({ text }) => /\binTransaction[<(]/.test(text)).map(({ path }) => path)).toEqual([
      'src/database/serial-writer.ts',
      'src/database/transaction.ts',
    ]);
  });

  test('worker/ and protocol/ need no library', () => {
    const own = sources.filter(({ path }) => ['worker', 'protocol'].includes(roomOf(path) ?? ''));
    const libraries = own.flatMap(({ path, text }) =>
      [...text.matchAll(/from '((?!\.|node:)[^']+)'/g)].map(([, name]) => `${path}: ${name}`),
    );
    expect(libraries).toEqual([]);
  });

  test('no adapter is told apart outside the catalogs', () => {
    const found = sources.filter(({ text }) => /switch \([^)]*adapter|switch \([^)]*\.kind/.test(text)).map(({ path }) => path);
    expect(found).toEqual([]);
  });
});
