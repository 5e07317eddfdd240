// What the bench `crud` compares: reading, listing and creating definitions, our server against a bare peer on the same rows.
import { compare, ratioOf } from './compare.mjs';
import { conditionsBefore, verdictOf } from './conditions.mjs';
import { Control } from './control.mjs';
import { definitionOf, rowCount } from './crud-rows.mjs';
import { startOurs, startPeer } from './crud-sides.mjs';
import { chooseLoad } from './load.mjs';
import { checkSameAnswers } from './same-answers.mjs';
import { makeScratch } from './scratch.mjs';
import { ourCommand } from './servers.mjs';

export const what = `detail, list and create of the registry with ${rowCount.toLocaleString('en')} definitions, against bare Fastify over prepared SQLite statements`;

const base = '/api/process_definition/';
const pageLength = 20;

/** Ids all over the table, in no order: a fixed step that shares no factor with the number of rows. */
const someIds = Array.from({ length: 1000 }, (_, index) => ((index * 61_803) % rowCount) + 1);

const cases = [
  { name: 'detail', paths: someIds.map((id) => `${base}${id}/`) },
  { name: 'list, first page', paths: [`${base}?limit=${pageLength}`] },
  { name: 'list, last page', paths: [`${base}?limit=${pageLength}&offset=${rowCount - pageLength}`] },
  // the last case, since it adds rows; without a name, so that the same body can be sent again and again
  { name: 'create', method: 'POST', paths: [base], body: JSON.stringify({ definition: { ...definitionOf(0), name: undefined } }) },
];

export async function run({ rounds, seconds, connections, settings }) {
  const before = conditionsBefore();
  const durability = settings.DURABILITY ?? 'process';
  const logLevel = settings.LOG_LEVEL ?? 'warn';
  const scratch = makeScratch();
  const control = new Control();
  try {
    const load = chooseLoad({ scratch, connections });
    const ours = await startOurs(scratch, { ...settings, LOG_LEVEL: logLevel });
    const peer = await startPeer(scratch, { durability });
    const how = { sides: [ours, peer], load, control, rounds, seconds };
    const results = [];
    for (const one of cases) results.push(await runCase(one, how));
    const conditions = {
      durability: `${durability} on both sides`,
      settings: { LOG_LEVEL: logLevel, ...settings },
      command: ourCommand().join(' '),
      load: load.name,
      connections,
      rounds,
      seconds,
      ...before,
    };
    return { bench: 'crud', what, conditions, results, control: control.summary(), verdict: verdictOf(before, control.summary()) };
  } finally {
    await scratch.clear();
  }
}

async function runCase({ name, method = 'GET', paths, body }, how) {
  console.error(`${name} …`);
  await checkSameAnswers(how.sides, () => ({ method, path: paths[0], body }));
  const plan = how.load.plan({ name, method, paths, body });
  const sides = await compare({ ...how, planOf: () => plan });
  return { name, sides, ratio: ratioOf(Object.values(sides)) };
}
