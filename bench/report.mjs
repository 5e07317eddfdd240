// How the figures of a bench look in a terminal.

const columns = [
  { title: '', left: true },
  { title: '', left: true },
  { title: 'requests/s  [min-max]' },
  { title: 'p50 ms' },
  { title: 'p99 ms  [min-max]' },
  { title: 'CPU µs/request  [min-max]' },
];

export function printReport({ bench, what, conditions, results, control, verdict }) {
  const rows = [columns.map(({ title }) => title), ...results.flatMap(rowsOf)];
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => row[index].length)));
  const lines = rows.map((row) =>
    row
      .map((text, index) => (columns[index].left ? text.padEnd(widths[index]) : text.padStart(widths[index])))
      .join('  ')
      .trimEnd(),
  );
  console.log([`${bench}: ${what}`, ...conditionLines(conditions), '', ...lines, ...endLines(control, verdict)].join('\n'));
}

function rowsOf({ name, sides, ratio }) {
  const measured = Object.entries(sides).map(([side, figures], index) => [
    index === 0 ? name : '',
    side,
    spread(figures.perSecond, 0),
    figures.p50Ms.median.toFixed(2),
    spread(figures.p99Ms, 2),
    spread(figures.cpuUsPerRequest, 0),
  ]);
  const times = ['perSecond', 'p50Ms', 'p99Ms', 'cpuUsPerRequest'].map((key) => `${ratio[key].toFixed(2)} ×`);
  return [...measured, ['', Object.keys(sides).join(' / '), ...times], columns.map(() => '')];
}

function spread({ median, min, max }, digits) {
  return `${median.toFixed(digits)} [${min.toFixed(digits)}-${max.toFixed(digits)}]`;
}

function conditionLines(conditions) {
  const { durability, settings, command, load, connections, rounds, seconds, node, cores, cpu, loadBefore } = conditions;
  const set = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return [
    `DURABILITY=${durability} on both sides; ours: ${command.replace(process.execPath, 'node')}, ${set.join(' ')}`,
    `${connections} keep-alive connections, ${rounds} rounds of ${seconds} s in alternation after 1 s of warm-up each; load from ${load}`,
    `node ${node}, ${cores} cores (${cpu}), load before the start ${loadBefore.toFixed(2)}; figures are medians over the rounds`,
  ];
}

function endLines({ median, min, max, spread: moved }, { refused }) {
  const control = `control (a fixed loop between the rounds): ${median.toFixed(0)} ms [${min.toFixed(0)}-${max.toFixed(0)}], it moved by ${Math.round(moved * 100)} %`;
  if (refused.length === 0) return [control, 'The machine was quiet enough for a verdict; this bench has no floors yet.'];
  return [control, `NO VERDICT: ${refused.join('; ')}. The ratios of the CPU time move least.`];
}
