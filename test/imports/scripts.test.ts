// Scripts become definitions with the names and parameters that a reader would give them.
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importScripts } from '../../src/imports/scripts/scripts.js';
import type { ParameterSchema, ProcessDefinition } from '../../src/model/definition.js';
import { examples } from './examples.js';
import { expectedLateScripts, expectedScripts } from './expected-scripts.js';
import { faultsOf } from './faults-of.js';

describe.each([
  ['scripts', expectedScripts],
  ['late-scripts', expectedLateScripts],
])('the folder %s', (path, expected) => {
  const files = Object.fromEntries(Object.entries(examples(path)).map(([file, text]) => [basename(file), text]));
  const results = new Map(importScripts(files).map((one) => [one.item, one]));

  test('every script is expected to be something', () => {
    expect(Object.keys(files).sort()).toEqual(Object.keys(expected).sort());
  });

  test.each(Object.entries(expected))('%s', async (file, { name, parameters, stdin = false, refused }) => {
    const { definition, refused: reason } = results.get(file) ?? {};
    if (refused) return expect(reason).toMatch(refused);
    if (!definition) throw new Error(`refused: ${reason}`);
    expect(spelled(definition.name)).toBe(spelled(name));
    expect(differences(definition, parameters.split(' ').filter(Boolean))).toEqual([]);
    expect(readsInput(definition)).toBe(stdin);
    expect(await faultsOf(definition)).toEqual([]);
    expect(definition.files).toEqual({ [file]: files[file] });
  });
});

/** Whether words are joined by - or _ is a matter of taste. */
function spelled(name: string): string {
  return name.replaceAll('-', '_');
}

function readsInput({ input_adapter: input, parameters }: ProcessDefinition): boolean {
  return input ? input.input_type === 'file' : !parameters;
}

/** What is missing, wrong or too much; see ExpectedScript.parameters. */
function differences({ parameters }: ProcessDefinition, expected: string[]): string[] {
  const left = new Map(Object.entries(parameters?.properties ?? {}));
  const found = expected.flatMap((text) => {
    const [, names, types = 'any', mark] = /^([\w|]+)(?::([\w|]+))?([!~])?$/.exec(text) as RegExpExecArray;
    const name = [...left.keys()].find((key) => names.split('|').includes(spelled(key)));
    if (name === undefined) return [`no ${names}`];
    const schema = left.get(name) as ParameterSchema;
    left.delete(name);
    const isRequired = parameters?.required?.includes(name) ?? false;
    return [
      ...(types.split('|').some((type) => hasType(schema, type)) ? [] : [`${name} is ${JSON.stringify(schema)}, not ${types}`]),
      ...(mark === '~' || isRequired === (mark === '!') ? [] : [`${name} is ${isRequired ? 'required' : 'optional'}`]),
    ];
  });
  return [...found, ...[...left.keys()].map((name) => `${name} is too much`)];
}

function hasType({ type, format }: ParameterSchema, expected: string): boolean {
  if (expected === 'file') return format === 'file';
  return expected === 'any' ? ['string', 'integer', 'number'].includes(String(type)) && format !== 'file' : type === expected;
}
