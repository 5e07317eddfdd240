// Who may import whom: the folders of src/, and no circle anywhere.
import { basename, dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf, sourcesOf } from './sources.js';

const mayImport: Record<string, string[]> = {
  model: [],
  worker: ['model'],
  execute: ['model', 'worker'],
  database: ['model'],
  backup: ['model', 'database'],
  events: ['model'],
  accounts: ['model', 'database', 'events'],
  definitions: ['model', 'database', 'accounts', 'events'],
  results: ['model', 'database'],
  dispatch: ['model', 'execute'],
  runs: ['model', 'database', 'definitions', 'dispatch', 'events', 'results'],
  bus: ['model'],
  imports: ['model'],
  bindings: ['model', 'database', 'accounts', 'bus', 'definitions', 'events', 'runs'],
  http: ['model', 'accounts', 'results'],
  prpc: ['model', 'http'],
  proxy: ['model', 'http', 'runs'],
  'run-http': ['model', 'accounts', 'definitions', 'http', 'results', 'runs'],
  mcp: ['model', 'accounts', 'definitions', 'events', 'http', 'results', 'run-http', 'runs'],
  api: ['model', 'accounts', 'bindings', 'definitions', 'events', 'http', 'imports', 'proxy', 'results', 'run-http', 'runs'],
  compat: ['model', 'accounts', 'definitions', 'http', 'proxy', 'prpc', 'results', 'run-http', 'runs'],
  settings: ['model', 'accounts', 'database'],
};
/** What puts everything together may import everything but what stands above it. */
const above: Record<string, string[]> = { app: ['cli'], cli: [] };

const sources = sourcesOf('src');
/** The topmost folder: `api` of src/api/runs/. */
const topOf = (path: string) => /^src\/([^/]+)\//.exec(path)?.[1];

describe('folders', () => {
  test('every folder of src/ has its row', () => {
    const folders = new Set(sources.map(({ path }) => topOf(path)).filter((folder) => folder !== undefined));
    expect([...folders].sort()).toEqual([...Object.keys(mayImport), ...Object.keys(above)].sort());
  });

  test.each(Object.keys(mayImport))('%s imports only what it may', (folder) => {
    expect(arrowsOf(folder).filter(({ to }) => !mayImport[folder].includes(topOf(to) ?? ''))).toEqual([]);
  });

  test.each(Object.keys(above))('%s imports nothing that stands above it', (folder) => {
    expect(arrowsOf(folder).filter(({ to }) => above[folder].includes(topOf(to) ?? '') || to === 'src/main.ts')).toEqual([]);
  });

  test('no circle of folders, those inside of others included', () => {
    const arrows = sources.flatMap((source) => importsOf(source).map((path) => [dirname(source.path), dirname(path)]));
    const others = Map.groupBy(
      arrows.filter(([from, to]) => from !== to),
      ([from]) => from,
    );
    const next = new Map([...others].map(([from, all]) => [from, [...new Set(all.map(([, to]) => to))]]));
    expect(circleIn(next)).toBeUndefined();
  });

  test('imports make no circle', () => {
    expect(circleIn(new Map(sources.map((source) => [source.path, importsOf(source)])))).toBeUndefined();
  });

  test('there is no index.ts but that of the library', () => {
    expect(sources.filter(({ path }) => basename(path) === 'index.ts' && path !== 'src/worker/library/index.ts')).toEqual([]);
  });

  test('only worker/ starts processes, and the entry its own Node', () => {
    const starters = sources.filter(
      ({ path, text }) => path !== 'src/cli/entry.ts' && /from 'node:child_process'|from 'node:cluster'/.test(text),
    );
    expect(starters.map(({ path }) => topOf(path))).toEqual(starters.map(() => 'worker'));
  });

  test('transactions begin in one place, for the serial writer alone', () => {
    const found = sources.filter(({ text }) => /\.transaction\(|startTransaction/.test(text)).map(({ path }) => path);
    expect(found).toEqual(['src/database/transaction.ts']);
    expect(sources.filter(({ text }) => /\binTransaction[<(]/.test(text)).map(({ path }) => path)).toEqual([
      'src/database/serial-writer.ts',
      'src/database/transaction.ts',
    ]);
  });

  test('worker/ and model/ need no library', () => {
    const own = sources.filter(({ path }) => ['worker', 'model'].includes(topOf(path) ?? ''));
    const libraries = own.flatMap(({ path, text }) =>
      [...text.matchAll(/from '((?!\.|node:)[^']+)'/g)].map(([, name]) => `${path}: ${name}`),
    );
    expect(libraries).toEqual([]);
  });

  test('adapters are told apart by kind in the catalogs and in adapter-choice alone', () => {
    const kinds = '(?:stream|file_path|append|port|pipe|directory)';
    const told = [
      /switch \([^)]*(?:adapter|\.kind)/,
      new RegExp(
        `\\bkind\\b\\s*[!=]==?\\s*'${kinds}'|'${kinds}'\\s*[!=]==?\\s*[\\w.]*\\bkind\\b|\\['${kinds}'[^\\]]*\\]\\.includes\\([\\w.]*kind`,
      ),
      // a message has kinds too, of which one has the same name
      /(?<!message\.|source\.)\bkind\b\s*[!=]==?\s*'none'/,
    ];
    const others = sources.filter(({ path }) => path !== 'src/model/adapter-choice.ts' && !/\/catalog\.ts$/.test(path));
    const found = others.filter(({ text }) => told.some((pattern) => pattern.test(text)));
    expect(found.map(({ path }) => path)).toEqual([]);
  });
});

/** Every import of this folder that leads out of it. */
function arrowsOf(folder: string): { from: string; to: string }[] {
  const own = sources.filter(({ path }) => topOf(path) === folder);
  const arrows = own.flatMap((source) => importsOf(source).map((to) => ({ from: source.path, to })));
  return arrows.filter(({ to }) => topOf(to) !== folder && to.startsWith('src/'));
}

function circleIn(next: Map<string, string[]>): string[] | undefined {
  const done = new Set<string>();
  const circleFrom = (place: string, trail: string[]): string[] | undefined => {
    if (trail.includes(place)) return [...trail.slice(trail.indexOf(place)), place];
    if (done.has(place)) return undefined;
    for (const further of next.get(place) ?? []) {
      const circle = circleFrom(further, [...trail, place]);
      if (circle) return circle;
    }
    done.add(place);
    return undefined;
  };
  for (const place of next.keys()) {
    const circle = circleFrom(place, []);
    if (circle) return circle;
  }
  return undefined;
}
