// Compares two recordings of the answers of a test run: node test/answers/compare.mjs BEFORE AFTER [BEFORE_AGAIN]. What changes from one run to the
// next of the same sources (ids, times, ports, what a race decides) is set aside; the third folder, recorded like the first, tells the rest.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [before, after, again] = process.argv.slice(2);

/** Values that no two runs share, by a word in their place. */
const changing = [
  [/\\"(pid|cpu_ms|max_rss_bytes|queued_ms|duration_ms|run_id|port|memory|duration)\\":(null|-?[\d.]+)/g, '"$1":N'],
  [/\\"(started_at|finished_at|next_start_at|sha256)\\":(null|\\"[^"]*\\")/g, '"$1":V'],
  [/[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/gi, 'ID'],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?/g, 'TIME'],
  [/(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} [\d:]{8} GMT/g, 'TIME'],
  [/procreg-[\w.-]+/g, 'FOLDER'],
  [/[\w-]{22,}={0,2}/g, 'TOKEN'],
  [/\d+\.\d+(e[+-]\d+)?|\d{4,}/g, 'N'],
];

function answersOf(folder) {
  const counts = new Map();
  for (const name of readdirSync(folder)) {
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean)) {
      const { method, url, status, headers, body } = JSON.parse(line);
      let text = JSON.stringify([url, headers.filter(([header]) => header !== 'content-length' && header !== 'etag').sort(), body]);
      for (const [pattern, word] of changing) text = text.replace(pattern, word);
      const answer = `${method} ${status} ${text}`;
      counts.set(answer, (counts.get(answer) ?? 0) + 1);
    }
  }
  return counts;
}

const sides = [before, after].map(answersOf);
const noise = again ? answersOf(again) : new Map();
const only = (one, other) => [...one.keys()].filter((answer) => !other.has(answer));
const total = (counts) => [...counts.values()].reduce((sum, count) => sum + count, 0);
const gone = only(sides[0], sides[1]).filter((answer) => !again || noise.has(answer));
const come = only(sides[1], sides[0]).filter((answer) => !noise.has(answer));
console.log(`${total(sides[0])} answers before (${sides[0].size} different), ${total(sides[1])} after (${sides[1].size} different)`);
for (const answer of gone) console.log(`- ${answer.slice(0, 400)}`);
for (const answer of come) console.log(`+ ${answer.slice(0, 400)}`);
console.log(`${gone.length} gone, ${come.length} new`);
process.exitCode = gone.length + come.length > 0 ? 1 : 0;
