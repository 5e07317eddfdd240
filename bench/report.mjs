// Formats the figures of a bench for a terminal.
import { warmUpSeconds } from './compare.mjs';

const columns = [
  { title: 'requests/s  [min-max]', key: 'perSecond', digits: 0, spread: true },
  { title: 'p50 ms', key: 'p50Ms', digits: 2 },
  { title: 'p99 ms  [min-max]', key: 'p99Ms', digits: 2, spread: true },
  { title: 'CPU µs/request  [min-max]', key: 'cpuUsPerRequest', digits: 0, spread: true },
  { title: 'of all its processes', key: 'treeCpuUsPerRequest', digits: 0, spread: true },
];
const leftColumns = [0, 1];

export function printReport({ bench, what, conditions, servers = [], missing = [], results, control, verdict, floors = [] }) {
  const shown = columns.filter(({ key }) => results.some(({ sides }) => Object.values(sides).some((figures) => figures[key])));
  const table = [['', '', ...shown.map(({ title }) => title)], ...results.flatMap((result) => rowsOf(result, shown))];
  const lines = [
    `${bench}: ${what}`,
    ...conditionLines(conditions),
    ...servers.map(({ name, uses }) => `${name}: ${uses}`),
    ...missing.map(({ name, why }) => `${name}: NOT AVAILABLE: ${why}`),
    '',
    ...aligned(table, leftColumns),
    ...floorLines(floors),
    ...endLines({ control, verdict, floors }),
  ];
  console.log(lines.join('\n'));
}

function aligned(table, left) {
  const widths = table[0].map((_, index) => Math.max(...table.map((row) => (row[index] ?? '').length)));
  const cell = (text, index) => (left.includes(index) ? text.padEnd(widths[index]) : text.padStart(widths[index]));
  return table.map((row) => row.map(cell).join('  ').trimEnd());
}

function rowsOf({ name, sides, ratio }, shown) {
  const measured = Object.entries(sides).map(([side, figures], index) => [
    index === 0 ? name : '',
    side,
    ...shown.map((column) => shownFigure(figures[column.key], column)),
  ]);
  const times = ratio ? [['', Object.keys(sides).join(' / '), ...shown.map(({ key }) => `${ratio[key].toFixed(2)} ×`)]] : [];
  return [...measured, ...times, []];
}

function shownFigure({ median, min, max }, { digits, spread }) {
  const between = spread ? ` [${min.toFixed(digits)}-${max.toFixed(digits)}]` : '';
  return median.toFixed(digits) + between;
}

function conditionLines(conditions) {
  const { durability, settings, command, load, connections, rounds, seconds, node, cores, cpu, loadBefore } = conditions;
  const set = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return [
    `DURABILITY=${durability}; ours: ${command.replace(process.execPath, 'node')}, ${set.join(' ')}`,
    `${connections} keep-alive connections, ${rounds} rounds of ${seconds} s in alternation after ${warmUpSeconds} s of warm-up each; load from ${load}`,
    `node ${node}, ${cores} cores (${cpu}), load before the start ${loadBefore.toFixed(2)}; figures are medians over the rounds`,
  ];
}

function floorLines(floors) {
  if (floors.length === 0) return [];
  const titles = { perSecond: 'requests/s', p99Ms: 'p99' };
  const table = floors.map(({ in: key, row, to, figure, atLeast, atMost, ratio, verdict }) => [
    `  ${row} / ${to}`,
    `${titles[figure]}${key === 'alone' ? ', 1 connection' : ''}`,
    ratio === null ? '' : `${ratio.toFixed(2)} ×`,
    atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`,
    verdict,
  ]);
  return ['floors', ...aligned(table, [0, 1, 4]), ''];
}

function endLines({ control: { what, unit, median, min, max, spread }, verdict: { refused }, floors }) {
  const control = `control (${what}): ${median.toFixed(0)} ${unit} [${min.toFixed(0)}-${max.toFixed(0)}], it varied by ${Math.round(spread * 100)} %`;
  if (refused.length > 0) return [control, `NO VERDICT: ${refused.join('; ')}. The ratios of the CPU time vary least.`];
  return [control, `The machine was quiet enough for a verdict${floors.length > 0 ? '.' : '; this bench has no floors yet.'}`];
}
