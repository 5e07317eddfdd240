// Every column of a run is shown on the wire, or hidden on purpose.
import { getMetadataArgsStorage } from 'typeorm';
import { expect, test } from 'vitest';
import { runBody } from '../../src/run-http/run-body.js';
import { RunEntity } from '../../src/runs/run.entity.js';

/** Columns that no answer has, each with the reason. */
const hidden: Record<string, string> = {
  launcher: 'which launcher had the order: for the next server alone',
  order: 'may hold secrets, and goes with the end of the run',
  authorId: 'decides who sees the record',
  jobName: 'the name of a job of the jobs interface, which shows it',
  port: 'where the program listens: it is reached through the server',
  keptBytes: 'what the retention has measured',
  outputName: 'in Content-Disposition of the output',
  keptInput: 'the message of the run, which has an address of its own, and what a repetition needs',
};

const columns = getMetadataArgsStorage()
  .columns.filter(({ target }) => target === RunEntity)
  .map(({ propertyName }) => propertyName);

/** Columns that are read while the run is shown. */
function shownColumns(): Set<string> {
  const read = new Set<string>();
  const values: Record<string, unknown> = {
    argv: '[]',
    trigger: null,
    parameters: null,
    outputSource: 'file',
    createdAtMs: 1,
    startedAtMs: 2,
    finishedAtMs: 3,
  };
  const row = new Proxy(values, {
    get: (target, name: string) => {
      read.add(name);
      return target[name] ?? null;
    },
  });
  runBody(row as unknown as RunEntity, 'owner');
  return read;
}

test('every column of a run is shown, or hidden with a reason', () => {
  const shown = shownColumns();
  // the owner is shown by name
  shown.add('ownerId');
  expect(columns.filter((column) => !shown.has(column)).sort()).toEqual(Object.keys(hidden).sort());
});
