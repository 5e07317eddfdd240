// The command line of the benches: which run, with which options, and where their figures go.
import { parseArgs } from 'node:util';
import * as backlog from './backlog.mjs';
import * as crud from './crud.mjs';
import { writeDocument } from './document.mjs';
import * as events from './events.mjs';
import * as followers from './followers.mjs';
import * as growth from './growth.mjs';
import * as openapi from './openapi.mjs';
import * as queue from './queue.mjs';
import { printHeadlines, printReport } from './report.mjs';
import { saveReport } from './results.mjs';
import * as runs from './runs.mjs';
import * as services from './services.mjs';
import { short } from './short.mjs';
import * as start from './start.mjs';
import * as stream from './stream.mjs';

/** In the order in which they are run without a name. */
const benches = { runs, queue, crud, stream, followers, events, start, backlog, services, openapi };

const usage = `npm run bench [-- NAME...] [--rounds N] [--seconds N] [--only ROW,ROW...] [--set NAME=VALUE]... [--rows N] [--mysql URL] [--save]
${Object.entries(benches)
  .map(([name, { what, rowNames }]) => `  ${name}: ${what}${rowNames ? `\n    rows: ${rowNames.join(', ')}` : ''}`)
  .join('\n')}
  growth: ${growth.what}
  short: whether a ratio has become more than a quarter worse than the stored one
  document: writes docs/benchmarks.md and its plots from bench/results.json
Without a name all of them run but the last three. --save stores the figures in bench/results.json and writes the document.`;

function readCommandLine() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '2' },
      only: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      rows: { type: 'string', default: '1000000' },
      mysql: { type: 'string' },
      save: { type: 'boolean', default: false },
    },
  });
  const { only, set, mysql, save } = values;
  const numbers = Object.fromEntries(['rounds', 'seconds', 'rows'].map((name) => [name, wholeNumber(name, values[name])]));
  return { names: positionals, options: { ...numbers, only: only?.split(','), settings: settingsOf(set), mysql }, save };
}

function wholeNumber(name, text) {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
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

function checkRows(names, wanted) {
  const known = names.flatMap((name) => benches[name].rowNames ?? []);
  const unknown = wanted.find((row) => !known.includes(row));
  if (unknown) throw new Error(`--only: there is no row '${unknown}'; there are ${known.join(', ') || 'none to choose from'}`);
}

async function main() {
  const { names: given, options, save } = readCommandLine();
  if (given[0] === 'short') await short(options, save);
  else if (given[0] === 'growth') growth.printGrowth(await growth.run(options));
  else if (given[0] !== 'document') await measure(given, options, save);
  if (save || given[0] === 'document') writeDocument();
}

async function measure(given, options, save) {
  const names = given.length > 0 ? given : Object.keys(benches);
  const unknown = names.find((name) => !Object.hasOwn(benches, name));
  if (unknown) throw new Error(`there is no bench '${unknown}'\n${usage}`);
  checkRows(names, options.only ?? []);
  const reports = [];
  for (const name of names) {
    const report = await benches[name].run(options);
    printReport(report);
    if (save) saveReport(report);
    reports.push(report);
  }
  if (reports.length > 1) printHeadlines(reports);
}

main().catch((error) => {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
});
