// Files and functions that fit on a screen, and few parameters.
import ts from 'typescript';
import { expect, test } from 'vitest';
import { sourcesOf } from './sources.js';

const sources = [...sourcesOf('src'), ...sourcesOf('clients/cli/src'), ...sourcesOf('migrations')];
const files = sources.map(({ path, text }) => ({ name: path, lines: text.trimEnd().split('\n').length }));
const functions = sources.flatMap(functionsOf);
const constructors = functions.filter(({ kind }) => kind === ts.SyntaxKind.Constructor);

interface Measured {
  name: string;
  kind: ts.SyntaxKind;
  lines: number;
  parameters: number;
}

function functionsOf({ path, text }: { path: string; text: string }): Measured[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: Measured[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const first = file.getLineAndCharacterOfPosition(node.getStart()).line;
      const last = file.getLineAndCharacterOfPosition(node.end).line;
      const name = node.name?.getText() ?? 'function';
      found.push({
        name: `${path}:${first + 1} ${name}`,
        kind: node.kind,
        lines: bodyLines(file, node.body as ts.Node) ?? last - first + 1,
        parameters: node.parameters.length,
      });
    }
    node.forEachChild(visit);
  };
  visit(file);
  return found;
}

/** Decorators document a route; they are not the function. */
function bodyLines(file: ts.SourceFile, body: ts.Node): number {
  return file.getLineAndCharacterOfPosition(body.end).line - file.getLineAndCharacterOfPosition(body.getStart()).line + 1;
}

function percentile(measured: { lines: number }[], part: number): number {
  const lines = measured.map((one) => one.lines).sort((one, other) => one - other);
  return lines[Math.floor((lines.length - 1) * part)];
}

test('half of the files have at most 60 lines, nine of ten at most 140, none more than 250', () => {
  expect(percentile(files, 0.5)).toBeLessThanOrEqual(60);
  expect(percentile(files, 0.9)).toBeLessThanOrEqual(140);
  expect(files.filter(({ lines }) => lines > 250)).toEqual([]);
});

test('nine of ten functions have at most 20 lines, none more than 60', () => {
  expect(percentile(functions, 0.9)).toBeLessThanOrEqual(20);
  expect(functions.filter(({ lines }) => lines > 60)).toEqual([]);
});

test('functions have at most 3 parameters, except where a library calls them', () => {
  const calledByLibraries = /^src\/http\/authenticate\.ts:\d+ function$|^src\/http\/multipart\.ts:\d+ function$/;
  const many = functions.filter(
    ({ parameters, kind, name }) => parameters > 3 && kind !== ts.SyntaxKind.Constructor && !calledByLibraries.test(name),
  );
  expect(many).toEqual([]);
});

test('at most 5 things are injected', () => {
  expect(constructors.filter(({ parameters }) => parameters > 5)).toEqual([]);
});

test('every file begins with one sentence that says what it decides', () => {
  const without = sources.filter(({ text }) => !/^\/\/ .+/.test(text)).map(({ path }) => path);
  expect(without).toEqual([]);
});
