// bench/results.json: the last stored report of each bench, by its name; README.md says what it contains.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(import.meta.dirname, 'results.json');

export function readResults() {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

export function saveReport(report) {
  save(report.bench, { ...report, measuredAt: new Date().toISOString().slice(0, 10) });
}

export function save(name, value) {
  writeFileSync(file, `${JSON.stringify({ ...readResults(), [name]: value }, stored, 1)}\n`);
}

/** The values of the rounds are left out, and three digits are more than is known. */
function stored(key, value) {
  if (key === 'values') return undefined;
  // where this machine keeps its node says nothing
  if (key === 'command') return value.replace(process.execPath, 'node');
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}
