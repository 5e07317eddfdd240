// What the bench `growth` measures: each list and look-up with few rows and with many, side by side, and whether others are answered meanwhile.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { conditionsBefore } from './conditions.mjs';
import { serverCpu } from './cpu-time.mjs';
import { median } from './figures.mjs';
import { casesFor } from './growth-cases.mjs';
import { insertRows, openDatabase } from './growth-rows.mjs';
import { ourServer } from './ours.mjs';
import { ask } from './same-answers.mjs';
import { makeScratch } from './scratch.mjs';
import { projectRoot } from './servers.mjs';

export const what =
  'lists and look-ups with 1,000 and with --rows definitions and runs (a million unless said otherwise), on SQLite or on --mysql URL';

const few = 1000;
const bounds = { ratio: 2, databaseMs: 2, offMs: 1000, liveMs: 50 };
const user = { username: 'bob', password: 'bench-secret', role: 'author' };

export async function run({ rounds, rows, mysql, settings }) {
  const before = conditionsBefore();
  const scratch = makeScratch();
  try {
    const sides = [];
    for (const count of [few, rows]) sides.push(await sideOf(count, { scratch, mysql, settings }));
    const results = [];
    for (const one of casesFor(sides[0])) {
      console.error(`${one.name} …`);
      results.push(await measure(one, sides, one.off ? rounds : rounds * 4));
    }
    for (const { drop } of sides) await drop();
    return { bench: 'growth', what, conditions: { ...before, rows: [few, rows], rounds, database: mysql ? 'MySQL' : 'SQLite' }, results };
  } finally {
    await scratch.clear();
  }
}

async function sideOf(rows, { scratch, mysql, settings }) {
  console.error(`${rows.toLocaleString('en')} rows …`);
  const name = `rows${rows}`;
  const database = mysql && `bench_growth_${rows}`;
  const url = mysql && `${mysql.replace(/\/$/, '')}/${database}`;
  const administer = async (sql) => {
    if (!mysql) return;
    const server = await openDatabase({ url: mysql });
    await server.run(sql);
    await server.close();
  };
  await administer(`CREATE DATABASE ${database}`);
  const times = join(scratch.path, `${name}.times`);
  const environment = { TIMES: times };
  const nodeFlags = ['--import', join(projectRoot, 'bench/statement-times.mjs')];
  const all = { RETENTION_DAYS: '0', LOG_LEVEL: 'warn', ...(url && { DATABASE_URL: url }), ...settings };
  const server = ourServer({ name, settings: all, environment, nodeFlags }, scratch);
  process.env.TIMES = times;
  server.migrate();
  const place = { file: server.databaseFile, url };
  const { untilMs } = await insertRows(place, rows);
  const side = { ...(await server.start()), rows, times, untilMs, drop: () => administer(`DROP DATABASE ${database}`) };
  await ask(side, { method: 'POST', path: '/api/user/', body: JSON.stringify(user) });
  await untilCounted(place, rows);
  return side;
}

/** The server counts the runs that were inserted behind its back. */
async function untilCounted(place, rows) {
  const database = await openDatabase(place);
  const left = "SELECT COUNT(*) AS n FROM (SELECT id FROM run WHERE id > COALESCE((SELECT last_id FROM run_counted), '') LIMIT 1000) newer";
  while (rows > few && Number((await database.run(left))[0].n) >= 1000) await sleep(500);
  // the jobs after a boot
  await sleep(3000);
  await database.close();
}

async function measure({ name, of, isUser, off }, sides, times) {
  const figures = sides.map(() => ({ ms: [], databaseMs: [], cpuMs: [] }));
  let liveMs = 0;
  for (let round = -1; round < times; round++) {
    for (const [index, side] of sides.entries()) {
      const { live, ...measured } = await askOnce(side, { method: 'GET', path: of(side.rows) }, isUser);
      if (round < 0) continue;
      for (const [figure, value] of Object.entries(measured)) figures[index][figure].push(value);
      if (side.rows !== few) liveMs = Math.max(liveMs, live);
    }
  }
  const [small, large] = figures.map((one) => Object.fromEntries(Object.entries(one).map(([figure, values]) => [figure, median(values)])));
  return { name, small, large, liveMs, off: Boolean(off) };
}

/** While the answer is awaited, /health/live is asked again and again. */
async function askOnce(side, request, isUser) {
  const databaseMs = () => Number(readFileSync(side.times, 'utf8'));
  const authorization = isUser ? `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}` : side.authorization;
  await ask({ ...side, authorization }, { method: 'GET', path: '/api/user/me/' });
  const [cpuUs, inDatabase, beganMs] = [serverCpu(side).cpuUsPerRequest, databaseMs(), performance.now()];
  let isOver = false;
  let live = 0;
  const watched = (async () => {
    for (await sleep(5); !isOver; await sleep(5)) {
      const askedMs = performance.now();
      await (await ask(side, { method: 'GET', path: '/health/live' })).text();
      live = Math.max(live, performance.now() - askedMs);
    }
  })();
  const response = await ask({ ...side, authorization }, request);
  await response.text();
  if (!response.ok) throw new Error(`${request.path} was answered with ${response.status}`);
  const ms = performance.now() - beganMs;
  isOver = true;
  await watched;
  return { ms, databaseMs: databaseMs() - inDatabase, cpuMs: (serverCpu(side).cpuUsPerRequest - cpuUs) / 1000, live };
}

export function printGrowth({ conditions, results }) {
  const { rows, database, node, cores, loadBefore, rounds } = conditions;
  console.log(
    `growth: ${what}\n${database}, ${rows.join(' and ')} rows; ${rounds * 4} requests each, medians; node ${node}, ${cores} cores, load before ${loadBefore.toFixed(2)}\n`,
  );
  const head = ['', 'ms in the database', '', '', 'ms', '', 'health/live ms', 'floor'];
  const lines = results.map(({ name, small, large, liveMs, off }) => {
    const ratio = large.databaseMs / small.databaseMs;
    const holds = off
      ? large.ms <= bounds.offMs && liveMs <= bounds.liveMs
      : ratio <= bounds.ratio && large.databaseMs <= bounds.databaseMs;
    const shown = [small.databaseMs, large.databaseMs].map((ms) => ms.toFixed(2));
    return [
      name,
      ...shown,
      off ? 'outside' : `${ratio.toFixed(2)} ×`,
      small.ms.toFixed(1),
      large.ms.toFixed(1),
      off ? liveMs.toFixed(0) : '',
      holds ? 'holds' : 'DOES NOT HOLD',
    ];
  });
  const table = [head, ...lines];
  const widths = head.map((_, index) => Math.max(...table.map((line) => line[index].length)));
  for (const line of table)
    console.log(line.map((cell, index) => (index === 0 ? cell.padEnd(widths[index]) : cell.padStart(widths[index]))).join('  '));
  console.log(
    `floors: at most ${bounds.ratio} × and ${bounds.databaseMs} ms in the database; outside the server's thread at most ${bounds.offMs} ms, /health/live under ${bounds.liveMs} ms meanwhile`,
  );
}
