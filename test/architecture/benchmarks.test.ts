// docs/benchmarks.md and its plots show bench/results.json.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../support/server.js';

interface Headline {
  what: string;
  verdict: string;
  median?: number;
}
interface Made {
  documents: (results?: object) => Record<string, string>;
}

const bench = (file: string) => import(join(projectRoot, 'bench', file));
const stored = () => JSON.parse(readFileSync(join(projectRoot, 'bench/results.json'), 'utf8'));

test('the document and its plots are those of the stored figures (npm run bench -- document)', async () => {
  const { documents } = (await bench('document.mjs')) as Made;
  const made = documents();
  expect(Object.keys(made).length).toBeGreaterThan(3);
  for (const [path, text] of Object.entries(made)) expect(readFileSync(join(projectRoot, path), 'utf8'), path).toBe(text);
});

test('every bench has stored figures, and every headline its line in the document', () => {
  const { short, ...reports } = stored() as Record<string, { headlines: Headline[] }>;
  const page = readFileSync(join(projectRoot, 'docs/benchmarks.md'), 'utf8');
  expect(Object.keys(reports)).toEqual(
    expect.arrayContaining(['runs', 'crud', 'stream', 'followers', 'start', 'backlog', 'services', 'openapi']),
  );
  for (const { what, verdict } of Object.values(reports).flatMap(({ headlines }) => headlines)) {
    expect(page).toContain(`| ${what} | `);
    expect(verdict).toMatch(/^(holds|DOES NOT HOLD|no verdict|no floor|not measured: .+)$/);
  }
  expect(short).toMatchObject({ ratios: expect.any(Object) });
});

test('a ratio is that of figures of the same round, and is judged only on a quiet machine', async () => {
  const { judge } = await bench('headlines.mjs');
  const { summarize } = await bench('figures.mjs');
  const results = [{ key: 'busy', sides: { ours: { perSecond: summarize([10, 40, 30]) }, peer: { perSecond: summarize([10, 80, 20]) } } }];
  const headline = (bound: object) => ({ what: 'speed', in: 'busy', row: 'ours', to: 'peer', figure: 'perSecond', ...bound });
  const judged = (bound: object, refused: string[] = []) => judge([headline(bound)], results, { refused })[0];
  expect(judged({ atLeast: 1 })).toMatchObject({ median: 1, min: 0.5, max: 1.5, verdict: 'holds' });
  expect(judged({ atLeast: 1.1 }).verdict).toBe('DOES NOT HOLD');
  expect(judged({ atMost: 0.9 }).verdict).toBe('DOES NOT HOLD');
  expect(judged({ atMost: 0.9 }, ['the load was 7']).verdict).toBe('no verdict');
  expect(judged({}).verdict).toBe('no floor');
  expect(judge([{ ...headline({ atLeast: 1 }), to: 'webhook' }], results, { refused: [] })[0].verdict).toBe(
    'not measured: webhook missing',
  );
});

test('the short form takes a ratio as lost when it is more than a quarter worse in its best round', async () => {
  const { judged } = await bench('short.mjs');
  const { summarize } = await bench('figures.mjs');
  const isLost = (rounds: number[], stored?: object) => judged(summarize(rounds), stored).isLost;
  expect(isLost([1.4, 1.32], { median: 1 })).toBe(false);
  expect(isLost([1.4, 1.35], { median: 1 })).toBe(true);
  expect(isLost([9])).toBeUndefined();
});
