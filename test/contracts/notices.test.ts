// The notices in the package name everything that the bundle contains, with the text of each licence.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../support/server.js';

const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8');

/** `name version` of the packages whose sources stand in the source map of the server. */
function bundled(): string[] {
  const { sources } = JSON.parse(read('dist/bundle/server.js.map')) as { sources: string[] };
  const folders = sources.flatMap((source) => /^(?:\.\.\/)*((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1] ?? []);
  return [...new Set(folders)].flatMap((folder) => {
    try {
      const { name, version } = JSON.parse(read(`${folder}/package.json`));
      return `${name} ${version}`;
    } catch {
      // source maps of libraries name sources that npm did not install, such as node_modules/src
      return [];
    }
  });
}

/** Titles of the sections, with their texts. */
function sections(): Map<string, string> {
  const parts = read('dist/THIRD-PARTY-NOTICES.txt')
    .split(/^={80}\n/m)
    .slice(1);
  return new Map(parts.flatMap((title, index) => (index % 2 === 0 ? [[title, parts[index + 1]]] : [])));
}

test('every package in the bundle has its section', () => {
  const titles = [...sections().keys()];
  const packages = bundled();
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.filter((one) => !titles.some((title) => title.startsWith(`${one} (`)))).toEqual([]);
});

test('every section has the text of a licence that lets the package be passed on', () => {
  const known = /\((MIT|ISC|BSD-[23]-Clause|0BSD|Apache-2\.0|BlueOak-1\.0\.0|Python-2\.0|Unlicense|LGPL-2\.1-or-later|licence as below)\)/;
  for (const [title, text] of sections()) {
    expect(title).toMatch(known);
    expect(text, title).toMatch(/permission|redistribution|license|public domain/i);
    expect(text.length, title).toBeGreaterThan(400);
  }
});

test('the C library that is linked into the launcher has its section', () => {
  const [, text] = [...sections()].find(([title]) => title.startsWith('GNU C library')) as [string, string];
  expect(text).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
  expect(text).toContain('scripts/build-launcher.sh');
});
