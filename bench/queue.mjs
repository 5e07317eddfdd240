// The bench `queue`: runs that nobody waits for, from the first request to the end of the last run, against Celery with Redis.
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { conditionsBefore, verdictOf } from './conditions.mjs';
import { Control } from './control.mjs';
import { summaryOf } from './figures.mjs';
import { judge } from './headlines.mjs';
import { ourServer } from './ours.mjs';
import { compile, debianPython, installed } from './programs.mjs';
import { ask, begin, define } from './same-answers.mjs';
import { makeScratch } from './scratch.mjs';
import { cwdAndEnvironment, freePort, ourCommand, startServer } from './servers.mjs';

const count = 1000;
const atOnce = 16;
const workers = 2;

export const what = `${count} queued runs of a small C program, accepted and done, against Celery with Redis; ${workers} at a time on both sides`;

export async function run({ rounds, settings: given }) {
  const before = conditionsBefore();
  const settings = { LOG_LEVEL: 'warn', LANES: `io=${workers}`, ...given };
  const scratch = makeScratch();
  const control = new Control();
  try {
    const program = compile('hello', scratch);
    const missing = [];
    const sides = { ours: await startOurs(scratch, settings, program) };
    await sides.ours();
    try {
      const celery = await startCelery(scratch, program);
      await celery();
      sides.celery = celery;
    } catch (error) {
      missing.push({ name: 'celery', why: error.message });
    }
    const measured = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      control.time();
      for (const [name, side] of Object.entries(sides)) measured[name].push({ perSecond: count / (await side()) });
    }
    const summaries = Object.fromEntries(Object.entries(measured).map(([name, all]) => [name, summaryOf(all)]));
    const results = [{ key: 'queue', name: `${count} queued runs`, sides: summaries }];
    const verdict = verdictOf(before, control.summary());
    const headline = {
      what: 'queued runs/s to Celery with Redis',
      in: 'queue',
      row: 'ours',
      to: 'celery',
      figure: 'perSecond',
      atLeast: 0.95,
      aim: 3,
    };
    const conditions = { settings, command: ourCommand().join(' '), rounds, ...before };
    const judged = judge([headline], results, verdict);
    return { bench: 'queue', what, conditions, missing, results, control: control.summary(), verdict, headlines: judged };
  } finally {
    await scratch.clear();
  }
}

/** Returns what does all runs once, and resolves with the seconds that this took. */
async function startOurs(scratch, settings, program) {
  const server = await ourServer({ name: 'queue', settings }, scratch).start();
  const path = await define(server, { name: 'hello', exec: program, input_adapter: { input_type: 'none' } });
  let done = 0;
  return async () => {
    const beganMs = performance.now();
    let left = count;
    const some = async () => {
      while (left-- > 0) await begin(server, path);
    };
    await Promise.all(Array.from({ length: atOnce }, some));
    done += count;
    while ((await finished(server)) < done) await sleep(10);
    return (performance.now() - beganMs) / 1000;
  };
}

async function finished(server) {
  const answer = await ask(server, { method: 'GET', path: '/api/run/?state=finished&limit=1' });
  return (await answer.json()).meta.total_count;
}

async function startCelery(scratch, program) {
  const redis = installed('redis-server');
  const python = debianPython('celery, redis', 'celery and python3-redis');
  const port = await freePort();
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', scratch.path];
  await startServer({ name: 'redis', port, command: [redis, ...words] }, scratch);
  const { cwd, env } = cwdAndEnvironment(scratch);
  const more = { BROKER: `redis://127.0.0.1:${port}/0`, PYTHONPATH: import.meta.dirname, PYTHONDONTWRITEBYTECODE: '1' };
  const options = { cwd, env: { ...env, ...more } };
  const log = openSync(join(scratch.path, 'celery.log'), 'w');
  const command = [
    '-m',
    'celery',
    '-A',
    'celery_tasks',
    'worker',
    '--pool',
    'prefork',
    '--concurrency',
    String(workers),
    '--loglevel',
    'ERROR',
  ];
  scratch.owns(spawn(python, command, { ...options, stdio: ['ignore', log, log], detached: true }));
  const send = join(import.meta.dirname, 'celery_tasks.py');
  return async () => {
    const { seconds, answers } = JSON.parse(await scratch.run([python, send, program, String(count)], options));
    if (answers.length !== 1 || !answers[0].endsWith('hello\n')) throw new Error(`Celery's tasks returned ${JSON.stringify(answers)}`);
    return seconds;
  };
}
