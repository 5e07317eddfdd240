// What the sources must not contain.
import ts from 'typescript';
import { expect, test } from 'vitest';
import { type Source, sourcesOf } from './sources.js';

test('no file is copied by copyFile, which gives the copy the owner of its source from Node 22 on', () => {
  const found = sourcesOf('src').filter(({ text }) => /\bcopyFile(Sync)?\(|\bcpSync\(|\bcp\(/.test(text));
  expect(found.map(({ path }) => path)).toEqual([]);
});

/** The getters and setters of object literals. V8 makes them in the old generation: what they see is kept until the next major collection. */
function literalAccessors({ path, text }: Source): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isAccessor(node) && ts.isObjectLiteralExpression(node.parent)) found.push(`${path} ${node.name.getText()}`);
    node.forEachChild(visit);
  };
  visit(file);
  return found;
}

test('no object literal has a getter, which would keep every run of which it is made', () => {
  expect(literalAccessors({ path: 'a.ts', text: 'const a = { get b() { return 1; }, set c(d) {} };' })).toEqual(['a.ts b', 'a.ts c']);
  expect(sourcesOf('src').flatMap(literalAccessors)).toEqual([]);
});
