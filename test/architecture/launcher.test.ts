// The launcher in C is a ladder of files: each knows only those below it, and fits into a head.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../support/server.js';

/** From the bottom up. */
const ladder = [
  ...['base', 'descriptors', 'frame', 'loop', 'channel', 'launcher', 'blame', 'young', 'output', 'run-table', 'asked', 'run', 'ipc'],
  ...['session', 'begun', 'start', 'init-pool', 'namespaces', 'adopted', 'starters', 'request', 'commands', 'listeners', 'main'],
];

const folder = join(projectRoot, 'native/launcher');
const files = readdirSync(folder).filter((name) => /\.[ch]$/.test(name));
const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');
const stepOf = (name: string) => ladder.indexOf(name.replace(/\.[ch]$/, ''));

describe('native/launcher', () => {
  test('every file has its step, and a header unless it is the last', () => {
    expect(files.filter((name) => stepOf(name) < 0)).toEqual([]);
    const headless = ladder.filter((step) => step !== 'main' && !existsSync(join(folder, `${step}.h`)));
    expect(headless).toEqual([]);
  });

  test.each(files)('%s includes only what stands below it, and its own header', (name) => {
    const included = [...textOf(name).matchAll(/^#include "([^"]+)"/gm)].map(([, header]) => header);
    const isOwn = (header: string) => header.replace('.h', '.c') === name;
    expect(included.filter((header) => !isOwn(header) && stepOf(header) >= stepOf(name))).toEqual([]);
  });

  test('no file has more than 250 lines, and each begins with what it is for', () => {
    const lengths = files.map((name) => [name, textOf(name).split('\n').length] as const);
    expect(lengths.filter(([, lines]) => lines > 250)).toEqual([]);
    expect(files.filter((name) => !textOf(name).startsWith('// '))).toEqual([]);
  });
});
