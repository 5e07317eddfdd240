// The bench `services`: what 500 running services cost while nobody sends them anything.
import { setTimeout as sleep } from 'node:timers/promises';
import { conditionsBefore, verdictOf } from './conditions.mjs';
import { Control } from './control.mjs';
import { coresOf, memoryMb } from './cpu-time.mjs';
import { summarize } from './figures.mjs';
import { judge } from './headlines.mjs';
import { ourServer } from './ours.mjs';
import { ask, define } from './same-answers.mjs';
import { makeScratch } from './scratch.mjs';
import { ourCommand } from './servers.mjs';

const count = 500;
const atOnce = 20;
const settleMs = 20_000;
const idleMs = 10_000;

export const what = `memory and CPU of ${count} services that wait for messages`;

export async function run({ settings: given }) {
  const before = conditionsBefore();
  const settings = { LOG_LEVEL: 'warn', LANES: 'io=0', ...given };
  const scratch = makeScratch();
  const control = new Control();
  try {
    const server = await ourServer({ name: 'services', settings }, scratch).start();
    // what the server keeps after its first services is not that of the services
    await startServices(server, 0, atOnce);
    await sleep(settleMs);
    const restMb = memoryMb(server);
    control.time();
    await startServices(server, atOnce, count + atOnce);
    await sleep(settleMs);
    const grownMb = memoryMb(server) - restMb;
    const idle = await coresOf(server, () => sleep(idleMs));
    control.time();
    const verdict = verdictOf(before, control.summary());
    const figures = [
      { what: `${count} services: memory that the server grew by`, value: summarize([grownMb]), unit: 'MB', atMost: 90, aim: 50 },
      {
        what: `${count} services: CPU of server and launcher while idle`,
        value: summarize([idle.own * 100]),
        unit: '% of a core',
        atMost: 5,
        aim: 1,
      },
    ];
    const conditions = { settings, command: ourCommand().join(' '), ...before };
    return {
      bench: 'services',
      what,
      conditions,
      results: [],
      control: control.summary(),
      verdict,
      headlines: judge(figures, [], verdict),
    };
  } finally {
    await scratch.clear();
  }
}

async function startServices(server, from, to) {
  let next = from;
  const some = async () => {
    while (next < to) await startService(server, next++);
  };
  await Promise.all(Array.from({ length: atOnce }, some));
}

async function startService(server, number) {
  const path = await define(server, { name: `service-${number}`, exec: '/bin/cat', process_type: 'service' });
  const { status } = await ask(server, { method: 'POST', path: `${path}execute/`, body: 'hello' });
  if (status !== 202) throw new Error(`service ${number} was answered with ${status}`);
}
