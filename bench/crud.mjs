// What the bench `crud` compares: reading, listing and creating definitions, our server against a bare peer on the same rows.
import { compare } from './compare.mjs';
import { conditionsBefore, verdictOf } from './conditions.mjs';
import { Control } from './control.mjs';
import { definitionOf, rowCount } from './crud-rows.mjs';
import { startOurs, startPeer } from './crud-sides.mjs';
import { judge } from './headlines.mjs';
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
  { key: 'detail', name: 'detail', paths: someIds.map((id) => `${base}${id}/`) },
  { key: 'first', name: 'list, first page', paths: [`${base}?limit=${pageLength}`] },
  { key: 'last', name: 'list, last page', paths: [`${base}?limit=${pageLength}&offset=${rowCount - pageLength}`] },
  // the last case, since it adds rows; without a name, so that the same body can be sent again and again
  {
    key: 'create',
    name: 'create',
    method: 'POST',
    paths: [base],
    body: JSON.stringify({ definition: { ...definitionOf(0), name: undefined } }),
  },
];

const connections = 16;

const speed = (what, key, atLeast, aim) => ({
  what: `${what}: requests/s to a bare route`,
  in: key,
  row: 'ours',
  to: 'peer',
  figure: 'perSecond',
  atLeast,
  aim,
});
/** Debian's python3-django-tastypie is 0.13, which does not run on its Django 3.2; there is no other package of it. */
const missing = [{ name: 'Django with tastypie', why: "Debian's tastypie 0.13 does not run on Debian's Django 3.2" }];

const headlines = [
  speed('detail', 'detail', 0.3, 0.5),
  speed('list of 20', 'first', 0.35, 0.7),
  speed('last page of 20', 'last', 0.35, 0.7),
  speed('create', 'create', 0.65, 0.9),
];

/** `keys`: only these cases; `warmUp`: seconds for each; `own`: load from our own generator. */
export async function run({ rounds, seconds, settings, keys, warmUp = 2, own }) {
  const before = conditionsBefore();
  const durability = settings.DURABILITY ?? 'process';
  const logLevel = settings.LOG_LEVEL ?? 'warn';
  const scratch = makeScratch();
  const control = new Control();
  try {
    const load = chooseLoad({ scratch, connections, own });
    const ours = await startOurs(scratch, { ...settings, LOG_LEVEL: logLevel });
    const sides = [ours, await startPeer(scratch, { durability })];
    const how = { sides, load, control, rounds, seconds, warmUp };
    const results = [];
    for (const one of cases.filter(({ key }) => keys?.includes(key) ?? true)) results.push(await runCase(one, how));
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
    const verdict = verdictOf(before, control.summary());
    const judged = judge(headlines, results, verdict);
    return { bench: 'crud', what, conditions, missing, results, control: control.summary(), verdict, headlines: judged };
  } finally {
    await scratch.clear();
  }
}

async function runCase({ key, name, method = 'GET', paths, body }, how) {
  console.error(`${name} …`);
  await checkSameAnswers(how.sides, () => ({ method, path: paths[0], body }));
  const plan = how.load.plan({ name, method, paths, body });
  return { key, name, sides: await compare({ ...how, planOf: () => plan }) };
}
