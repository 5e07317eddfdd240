// What src/ imports is declared in package.json, and what is declared there is needed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { projectRoot } from '../support/server.js';
import { sourcesOf } from './sources.js';

/** Needed without an import of ours: by whom. */
const loadedByOthers: Record<string, string> = {
  '@fastify/cors': 'platform-fastify loads it when CORS_ORIGINS is set',
  '@fastify/static': '@nestjs/swagger loads it to serve the documentation',
  'pino-pretty': 'pino loads it by its name',
  rxjs: 'a peer of @nestjs/common',
};

const { dependencies } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };

const packageOf = (name: string) => /^(?:@[^/]+\/)?[^/]+/.exec(name)![0];
const imports = ['src', 'migrations'].flatMap((folder) =>
  sourcesOf(folder).flatMap(({ path, text }) => {
    const { importedFiles } = ts.preProcessFile(text, true, true);
    const names = importedFiles.map(({ fileName }) => fileName).filter((name) => !/^(\.|node:)/.test(name));
    return names.map((name) => [path, packageOf(name)]);
  }),
);

test('every package that a source imports is a dependency', () => {
  expect(imports.filter(([, name]) => !(name in dependencies))).toEqual([]);
});

test('every dependency is imported by a source, or it is said who loads it', () => {
  const imported = new Set(imports.map(([, name]) => name));
  const unused = Object.keys(dependencies).filter((name) => !imported.has(name));
  expect(unused.sort()).toEqual(Object.keys(loadedByOthers).sort());
});

test('every dependency has one exact version', () => {
  expect(Object.entries(dependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});
