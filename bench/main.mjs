// The command line of the benches: which bench runs, with which options, and where its figures go.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as crud from './crud.mjs';
import { printReport } from './report.mjs';
import * as runs from './runs.mjs';

const benches = { crud, runs };

const usage = `npm run bench -- NAME [--rounds N] [--seconds N] [--connections N] [--only ROW,ROW...] [--set NAME=VALUE]... [--json FILE]
${Object.entries(benches)
  .map(([name, { what, rowNames }]) => `  ${name}: ${what}${rowNames ? `\n    rows: ${rowNames.join(', ')}` : ''}`)
  .join('\n')}`;

function readCommandLine() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '2' },
      connections: { type: 'string', default: '16' },
      only: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
    },
  });
  const { only, set, json } = values;
  const numbers = Object.fromEntries(['rounds', 'seconds', 'connections'].map((name) => [name, wholeNumber(name, values[name])]));
  return { name: positionals[0], options: { ...numbers, only: only?.split(','), settings: settingsOf(set) }, json };
}

function wholeNumber(name, text) {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new Error(`--${name} takes a whole number from 1, not '${text}'`);
}

function settingsOf(pairs) {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
      if (name === undefined) throw new Error(`--set takes NAME=VALUE, not '${pair}'`);
      return [name, value];
    }),
  );
}

function checkRows(name, wanted) {
  const { rowNames = [] } = benches[name];
  const unknown = wanted.filter((row) => !rowNames.includes(row));
  if (unknown.length === 0) return;
  throw new Error(
    `--only: ${name} has no row '${unknown[0]}'; ${rowNames.length > 0 ? `it has ${rowNames.join(', ')}` : 'it has none to choose from'}`,
  );
}

async function main() {
  const { name, options, json } = readCommandLine();
  if (!Object.hasOwn(benches, name ?? ''))
    throw new Error(`${name === undefined ? 'say which bench' : `there is no bench '${name}'`}\n${usage}`);
  checkRows(name, options.only ?? []);
  const report = await benches[name].run(options);
  printReport(report);
  if (json) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
}

main().catch((error) => {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
});
