// Formats the figures of a bench for a terminal.
import { warmUpSeconds } from './compare.mjs';

export const columns = [
  { title: 'requests/s', key: 'perSecond', digits: 0, spread: true },
  { title: 'MB/s', key: 'mbPerSecond', digits: 0, spread: true },
  { title: 'memory + MB', key: 'grownMb', digits: 1 },
  { title: 'first 200, ms', key: 'firstMs', digits: 0, spread: true },
  { title: 'CPU ms until then', key: 'startCpuMs', digits: 0, spread: true },
  { title: 'node alone, ms', key: 'nodeMs', digits: 0, spread: true },
  { title: 'p50 ms', key: 'p50Ms', digits: 2 },
  { title: 'p99 ms', key: 'p99Ms', digits: 2, spread: true },
  { title: 'CPU µs/request', key: 'cpuUsPerRequest', digits: 0, spread: true },
  { title: 'with launcher', key: 'ownCpuUsPerRequest', digits: 0 },
  { title: 'of all its processes', key: 'treeCpuUsPerRequest', digits: 0 },
  { title: 'cores, server', key: 'cores', digits: 2, spread: true },
  { title: 'cores, client', key: 'clientCores', digits: 2 },
  { title: 'wrong lines', key: 'wrongLines', digits: 0 },
];

export function printReport({ bench, what, conditions, servers = [], missing = [], results, control, verdict, headlines }) {
  const lines = [
    `${bench}: ${what}`,
    ...conditionLines(conditions),
    ...servers.map(({ name, uses }) => `${name}: ${uses}`),
    ...missing.map(({ name, why }) => `${name}: NOT AVAILABLE: ${why}`),
    '',
    ...results.flatMap((result) => [result.name, ...aligned(tableOf(result), [0]), '']),
    ...headlineLines(headlines),
    ...endLines({ control, verdict }),
    '',
  ];
  console.log(lines.join('\n'));
}

/** The headlines of all benches once more, below each other. */
export function printHeadlines(reports) {
  console.log(['all headlines', ...headlineLines(reports.flatMap(({ headlines }) => headlines))].join('\n'));
}

/** The columns that a case has figures for. */
export function shownColumns({ sides }) {
  return columns.filter(({ key }) => Object.values(sides).some((figures) => figures[key]));
}

function tableOf(result) {
  const shown = shownColumns(result);
  const rows = Object.entries(result.sides).map(([side, figures]) => [
    `  ${side}`,
    ...shown.map((column) => (figures[column.key] ? shownFigure(figures[column.key], column) : '')),
  ]);
  return [['', ...shown.map(({ title, spread }) => title + (spread ? '  [min-max]' : ''))], ...rows];
}

function aligned(table, left) {
  const widths = table[0].map((_, index) => Math.max(...table.map((row) => (row[index] ?? '').length)));
  const cell = (text, index) => (left.includes(index) ? text.padEnd(widths[index]) : text.padStart(widths[index]));
  return table.map((row) => row.map(cell).join('  ').trimEnd());
}

function shownFigure({ median, min, max }, { digits, spread }) {
  return median.toFixed(digits) + (spread ? ` [${min.toFixed(digits)}-${max.toFixed(digits)}]` : '');
}

function conditionLines({ durability, settings, command, load, rounds, seconds, node, cores, cpu, loadBefore }) {
  const set = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return [
    `${durability ? `DURABILITY=${durability}; ` : ''}ours: ${command.replace(process.execPath, 'node')}, ${set.join(' ')}`,
    ...(load ? [`${rounds} rounds of ${seconds} s in alternation after ${warmUpSeconds} s of warm-up each; load from ${load}`] : []),
    `node ${node}, ${cores} cores (${cpu}), load before the start ${loadBefore.toFixed(2)}; figures are medians over the rounds`,
  ];
}

function headlineLines(headlines) {
  const table = headlines.map((headline) => [`  ${headline.what}`, figureOf(headline), boundOf(headline), headline.verdict]);
  return ['headlines: figure [min-max], floor, verdict', ...aligned(table, [0, 1, 2, 3]), ''];
}

/** A figure with its unit and its spread. */
export function figureOf({ median, min, max, unit }) {
  if (median === undefined) return '';
  const digits = unit === '×' || Math.abs(median) < 10 ? 2 : 0;
  const spread = min === max ? '' : ` [${min.toFixed(digits)}-${max.toFixed(digits)}]`;
  return `${median.toFixed(digits)} ${unit}${spread}`;
}

export function boundOf({ atLeast, atMost, aim }) {
  const floor = atLeast !== undefined ? `at least ${atLeast}` : atMost !== undefined ? `at most ${atMost}` : '';
  return aim === undefined ? floor : `${floor}, aim ${aim}`;
}

function endLines({ control: { what, unit, median, min, max, spread }, verdict: { refused } }) {
  const control = `control (${what}): ${median.toFixed(0)} ${unit} [${min.toFixed(0)}-${max.toFixed(0)}], it varied by ${Math.round(spread * 100)} %`;
  if (refused.length > 0) return [control, `NO VERDICT: ${refused.join('; ')}. The ratios of the CPU time vary least.`];
  return [control, 'The machine was quiet enough for a verdict.'];
}
