// The English of documents and of what users read: patterns that its readers would stumble over.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../support/server.js';
import { filesOf, sourcesOf } from './sources.js';

/** Each with what to say in its place. */
const patterns: [RegExp, string][] = [
  [/\b(?:is|are|was|were) no (?!longer\b|more\b|less\b|later\b)[a-z]+/gi, '"is not a …", "unknown …"'],
  [/\bso (?:many|much) at once\b/gi, '"a limit of N"'],
  [/\bof (?:its|their|his|her) own\b/gi, '"its own …"'],
  [/\bfor ever\b/gi, '"forever"'],
  [/\bbeside\b/gi, '"besides", "in addition to", "next to"'],
  [/\bgo(?:es|ing)? on\b|\bwent on\b/gi, '"keeps running", "continues"'],
];

/** Plain existence, and sentences that are not ours: of tastypie, of older systems, of quoted programs. */
const allowed: [RegExp, string][] = [[/\bthere (?:is|are|was|were) no\b/gi, 'plain existence']];

function found(text: string): string[] {
  let plain = text;
  for (const [words] of allowed) plain = plain.replace(words, 'there is not one');
  return patterns.flatMap(([pattern, instead]) => [...plain.matchAll(pattern)].map(([words]) => `${words} → ${instead}`));
}

/** What a program in a block says is not prose. */
const prose = (text: string) => text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '');

const documents = [...filesOf('docs', '.md'), 'README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];

/** Their sentences are those of the systems that they speak for, and of tastypie. */
const notOurs = /^src\/compat\/|^src\/api\/definitions\/(list-query|registry-schema)\.ts$|^src\/http\/pages\.ts$/;

function stringsOf({ path, text }: { path: string; text: string }): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const strings: string[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isStringLiteralLike(node) || ts.isJsxText(node)) strings.push(node.text);
    if (ts.isTemplateExpression(node)) strings.push([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…'));
    node.forEachChild(visit);
  };
  visit(file);
  return strings;
}

describe('English', () => {
  test.each(documents)('%s', (path) => {
    expect(found(prose(readFileSync(join(projectRoot, path), 'utf8')))).toEqual([]);
  });

  test('what users read of the server, the client and the page', () => {
    const ours = [...sourcesOf('src'), ...sourcesOf('clients/cli/src'), ...sourcesOf('web/src')].filter(({ path }) => !notOurs.test(path));
    const faults = ours.flatMap((source) => stringsOf(source).flatMap((text) => found(text).map((fault) => `${source.path}: ${fault}`)));
    expect(faults).toEqual([]);
  });
});
