// Makes the figures and plots of docs/benchmarks.md from bench/results.json.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { floorPlot, linePlot } from './plot.mjs';
import { boundOf, figureOf, shownColumns } from './report.mjs';
import { readResults } from './results.mjs';
import { projectRoot } from './servers.mjs';

const page = 'docs/benchmarks.md';
const begin = '<!-- made by `npm run bench -- document` from bench/results.json: begin -->';
const end = '<!-- end -->';

export function writeDocument() {
  for (const [path, text] of Object.entries(documents())) {
    mkdirSync(dirname(join(projectRoot, path)), { recursive: true });
    writeFileSync(join(projectRoot, path), text);
  }
}

/** Every made file with its text, by its path in the project. */
export function documents(results = readResults()) {
  const { short, ...reports } = results;
  const all = Object.values(reports);
  const old = readFileSync(join(projectRoot, page), 'utf8');
  const [before, after] = [old.split(begin)[0], old.split(end).slice(1).join(end)];
  const plots = Object.fromEntries(all.flatMap(({ curves = [] }) => curves.map((curve) => [plotPath(curve.id), linePlot(curve)])));
  const overview = floorPlot('Each headline in proportion to its floor (right: better; blue: no verdict)', all.flatMap(toFloor));
  const made = [
    '## Headlines',
    headlineTable(all),
    image('headlines', 'Each headline in proportion to its floor'),
    ...all.map(section),
    shortTable(short),
  ];
  return { [page]: `${before}${begin}\n\n${made.join('\n\n')}\n\n${end}${after}`, [plotPath('headlines')]: overview, ...plots };
}

const plotPath = (id) => `docs/plots/${id}.svg`;
const image = (id, title) => `![${title}](plots/${id}.svg)`;

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function headlineTable(reports) {
  const rows = reports.flatMap(({ headlines }) =>
    headlines.map((headline) => [headline.what, figureOf(headline), boundOf(headline), headline.verdict]),
  );
  return table(['', 'figure [min-max]', 'floor', 'verdict'], rows);
}

/** How far the figures are from their floors; above 1 is better, whichever way the floor goes. */
function toFloor({ headlines }) {
  const floored = headlines.filter(({ atLeast, atMost, median }) => median !== undefined && (atLeast ?? atMost) > 0);
  return floored.map(({ what, atLeast, atMost, median, min, max, verdict }) => {
    const [low, middle, high] = [min, median, max].map((value) => (atLeast ? value / atLeast : atMost / Math.max(value, atMost / 100)));
    return { what, low, middle, high, judged: verdict !== 'no verdict' };
  });
}

function section({ bench, what, measuredAt, conditions, missing = [], results, curves = [], control, verdict }) {
  const { node, cores, cpu, loadBefore, rounds, seconds, load } = conditions;
  const how = [
    `Measured on ${measuredAt}: node ${node}, ${cores} cores (${cpu}), load before the start ${loadBefore.toFixed(2)}`,
    ...(rounds ? [`${rounds} rounds${seconds ? ` of ${seconds} s` : ''}`] : []),
    ...(load ? [`load from ${load}`] : []),
  ];
  const quiet = verdict.refused.length > 0 ? ` No verdict: ${verdict.refused.join('; ')}.` : '';
  return [
    `## ${bench}`,
    `${sentence(what)}. ${how.join(', ')}. The control varied by ${Math.round(control.spread * 100)} %.${quiet}`,
    ...missing.map(({ name, why }) => `Not available: ${name}: ${why}.`),
    ...results.map(caseTable),
    ...curves.map(({ id, title }) => image(id, title)),
  ].join('\n\n');
}

const sentence = (text) => text[0].toUpperCase() + text.slice(1);

function caseTable(result) {
  const shown = shownColumns(result);
  const rows = Object.entries(result.sides).map(([side, figures]) => [side, ...shown.map((column) => cell(figures[column.key], column))]);
  return table([result.name, ...shown.map(({ title }) => title)], rows);
}

function cell(figure, { digits, spread }) {
  if (!figure) return '';
  const [median, min, max] = [figure.median, figure.min, figure.max].map((value) => value.toFixed(digits));
  return spread ? `${median} [${min}-${max}]` : median;
}

function shortTable(short) {
  if (!short) return '';
  const rows = Object.entries(short.ratios).map(([what, ratio]) => [what, figureOf({ ...ratio, unit: '×' })]);
  return `## short\n\n${table(['ratio that `npm run bench -- short` compares with', 'stored'], rows)}`;
}
