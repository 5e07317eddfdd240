// The rules of the page's sources: small files, views that do not know each other, nothing that turns text into markup, and how much a browser loads.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../support/server.js';
import { filesOf } from './sources.js';

const made = 'web/src/api/schema.ts';
const sources = ['.ts', '.tsx', '.css']
  .flatMap((end) => filesOf('web/src', end))
  .filter((path) => path !== made)
  .map((path) => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }));
const code = sources.filter(({ path }) => !path.endsWith('.css'));

/** The folder of a view, such as `run` of web/src/views/run/log.tsx. */
const viewOf = (path: string) => /^web\/src\/views\/([^/]+)\//.exec(path)?.[1];

function importsOf({ path, text }: { path: string; text: string }): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name]) =>
    name.startsWith('.') ? join(dirname(path), name) : name,
  );
}

describe('the sources of the page', () => {
  test('No file has more than 250 lines, and nine of ten at most 140', () => {
    const lines = sources.map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }));
    expect(lines.filter((one) => one.lines > 250 && !one.path.includes('/styles/'))).toEqual([]);
    const sorted = lines.map((one) => one.lines).sort((one, other) => one - other);
    expect(sorted[Math.floor((sorted.length - 1) * 0.9)]).toBeLessThanOrEqual(140);
  });

  test('Each file of code begins with one sentence that says what it is for', () => {
    expect(code.filter(({ text }) => !/^\/\/ .+/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('A view imports no other view, and what views share imports no view', () => {
    const wrong = code.flatMap((source) => {
      const own = viewOf(source.path);
      const others = importsOf(source).filter((path) => viewOf(path) !== undefined && viewOf(path) !== own);
      return /\/(app|views)\.tsx?$/.test(source.path) ? [] : others.map((path) => `${source.path} → ${path}`);
    });
    expect(wrong).toEqual([]);
  });

  test('Nothing of the server is imported', () => {
    expect(code.flatMap(importsOf).filter((path) => path.startsWith('src/') || path.startsWith('node:'))).toEqual([]);
  });

  test('No text becomes markup or code', () => {
    const dangerous = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc/;
    expect(code.filter(({ text }) => dangerous.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('The browser keeps no data of the server, except the key of the session', () => {
    const keeping = code.filter(({ text }) => /localStorage|indexedDB|document\.cookie/.test(text)).map(({ path }) => path);
    expect(keeping).toEqual(['web/src/api/session.ts']);
  });
});

interface Chunk {
  file: string;
  css?: string[];
  imports?: string[];
  dynamicImports?: string[];
  isEntry?: boolean;
}

/** What is loaded with this chunk, without what is loaded later. */
function filesWith(key: string, manifest: Record<string, Chunk>, found = new Set<string>()): Set<string> {
  const { file, css = [], imports = [] } = manifest[key];
  if (found.has(file)) return found;
  for (const one of [file, ...css]) found.add(one);
  for (const one of imports) filesWith(one, manifest, found);
  return found;
}

test('No view makes a browser load more than 45 kB of code and styles, compressed, before a terminal, a chart or an editor is opened', () => {
  const manifest: Record<string, Chunk> = JSON.parse(readFileSync(join(projectRoot, 'dist/web-manifest.json'), 'utf8'));
  const views = manifest['index.html'].dynamicImports ?? [];
  expect(views.length).toBeGreaterThan(8);
  const worker = readdirSync(join(projectRoot, 'dist/web/assets')).filter((name) => /^live-worker-.*\.js$/.test(name));
  const sizes = views.map((view) => {
    const files = new Set([...filesWith('index.html', manifest), ...filesWith(view, manifest), ...worker.map((name) => `assets/${name}`)]);
    const bytes = [...files].map((file) => gzipSync(readFileSync(join(projectRoot, 'dist/web', file)), { level: 9 }).length);
    return { view, bytes: bytes.reduce((sum, one) => sum + one, 0) };
  });
  expect(sizes.filter(({ bytes }) => bytes > 45_000)).toEqual([]);
});
