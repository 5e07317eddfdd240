// Draws the plots of docs/benchmarks.md as SVG, for light and dark pages.

const width = 720;
const style = `<style>
svg { font: 12px system-ui, sans-serif; --page: #fff; --ink: #24292f; --faint: #d8dee4; --c0: #0969da; --c1: #cf222e; --c2: #1a7f37; --c3: #8250df; --c4: #9a6700; }
@media (prefers-color-scheme: dark) { svg { --page: #0d1117; --ink: #e6edf3; --faint: #30363d; --c0: #58a6ff; --c1: #ff7b72; --c2: #3fb950; --c3: #bc8cff; --c4: #d29922; } }
text { fill: var(--ink); } .title { font-size: 14px; font-weight: 600; } .end { text-anchor: end; } .middle { text-anchor: middle; }
.grid { stroke: var(--faint); } .axis { stroke: var(--ink); } path { fill: none; stroke-width: 2; } .spread { stroke-width: 2; }
</style>`;

/** The place of a value between two ends, in proportion to its logarithm. */
function logarithmic([low, high], [start, end]) {
  const share = (value) => (high === low ? 0.5 : Math.log(value / low) / Math.log(high / low));
  return (value) => start + share(value) * (end - start);
}

/** A curve for each line, with its name at its end. `points` are [x, y]; x is drawn by its logarithm, y from 0. */
export function linePlot({ title, x, y, lines }) {
  const [left, right, top, bottom] = [60, 560, 62, 312];
  const all = lines.flatMap(({ points }) => points);
  const xs = [...new Set(all.map(([value]) => value))].sort((one, other) => one - other);
  const place = logarithmic([xs[0], xs.at(-1)], [left, right]);
  const ticks = ticksTo(Math.max(...all.map(([, value]) => value)));
  const height = (value) => bottom - (value / ticks.at(-1)) * (bottom - top);
  const names = apart(lines.map(({ name, points }, index) => ({ name, index, at: height(points.at(-1)[1]) })));
  return svg(354, title, [
    ...ticks.map(
      (tick) => line('grid', [left, height(tick)], [right, height(tick)]) + text('end', [left - 8, height(tick) + 4], shown(tick)),
    ),
    ...xs.map((value) => text('middle', [place(value), bottom + 18], shown(value))),
    line('axis', [left, bottom], [right, bottom]),
    text('end', [left - 8, top - 16], y),
    text('middle', [(left + right) / 2, bottom + 34], x),
    ...lines.map(({ points }, index) =>
      curve(
        points.map(([value, other]) => [place(value), height(other)]),
        index,
      ),
    ),
    ...names.map(
      ({ name, index, at }) => `<text x="${right + 12}" y="${round(at + 4)}" style="fill:var(--c${index % 5})">${escaped(name)}</text>`,
    ),
  ]);
}

/** Each figure with its spread, in proportion to its floor: to the right of the line it is better. Blue: without a verdict. */
export function floorPlot(title, figures) {
  const [left, right, top, step] = [380, 690, 48, 22];
  const place = logarithmic([1 / 4, 4], [left, right]);
  const within = (value) => place(Math.min(4, Math.max(1 / 4, value)));
  const bottom = top + figures.length * step;
  const rows = figures.map(({ what, low, middle, high, judged }, index) => {
    const at = top + index * step + step / 2;
    const colour = `var(--c${judged ? (middle >= 1 ? 2 : 1) : 0})`;
    const spread = `<line class="spread" x1="${round(within(low))}" x2="${round(within(high))}" y1="${at}" y2="${at}" style="stroke:${colour}"/>`;
    return `${text('end', [left - 12, at + 4], what)}${spread}<circle cx="${round(within(middle))}" cy="${at}" r="4" style="fill:${colour}"/>`;
  });
  const marks = [1 / 4, 1 / 2, 1, 2, 4].map(
    (value) =>
      line(value === 1 ? 'axis' : 'grid', [place(value), top], [place(value), bottom]) +
      text('middle', [place(value), bottom + 16], `${shown(value)} ×`),
  );
  return svg(bottom + 28, title, [...marks, ...rows]);
}

function svg(height, title, parts) {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`;
  const page = `<rect width="${width}" height="${height}" style="fill:var(--page)"/>`;
  return `${[head, style, page, text('title', [16, 22], title), ...parts, '</svg>'].join('\n')}\n`;
}

function curve(points, index) {
  const colour = `var(--c${index % 5})`;
  const dots = points.map(([x, y]) => `<circle cx="${round(x)}" cy="${round(y)}" r="3" style="fill:${colour}"/>`).join('');
  return `<path d="M${points.map(([x, y]) => `${round(x)} ${round(y)}`).join('L')}" style="stroke:${colour}"/>${dots}`;
}

/** Names that would lie on each other are moved apart. */
function apart(names) {
  const sorted = names.toSorted((one, other) => one.at - other.at);
  for (const [index, name] of sorted.entries()) if (index > 0) name.at = Math.max(name.at, sorted[index - 1].at + 15);
  return sorted;
}

/** Round numbers from 0 to one that is not below `most`. */
function ticksTo(most) {
  const rough = (most || 1) / 4;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((times) => times * unit).find((size) => size >= rough);
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, index) => index * step);
}

function line(kind, [x1, y1], [x2, y2]) {
  return `<line class="${kind}" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;
}

function text(kind, [x, y], said) {
  return `<text class="${kind}" x="${round(x)}" y="${round(y)}">${escaped(said)}</text>`;
}

const round = (value) => Number(value.toFixed(1));
const shown = (value) => Number(value.toPrecision(3)).toLocaleString('en');
const escaped = (said) => said.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
