// The bench `events`: many readers of /api/event/, while something changes ten times a second.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { coresOf } from './cpu-time.mjs';
import { runManyClients } from './many-clients.mjs';
import { ask } from './same-answers.mjs';

const perSecond = 10;
const counts = [1, 100, 1000];

export const what = `${counts.join(', ')} readers of ${perSecond} events a second`;

export const run = (options) => {
  const prepare = async (server, scratch) => {
    // the first requests make code
    await change(server, perSecond);
    return (count) => read({ server, scratch, seconds: options.seconds }, count);
  };
  return runManyClients({ bench: 'events', what, counts, prepare, headlinesOf }, options);
};

function headlinesOf(sides) {
  const { cores, wrongLines } = sides[1000];
  return [
    { what: '1000 readers of 10 events a second: CPU of the server', value: cores, unit: 'cores', atMost: 0.1 },
    { what: '1000 readers of 10 events a second: events that were lost or wrong', value: wrongLines, unit: 'events', atMost: 0 },
  ];
}

async function read({ server, scratch, seconds }, count) {
  const events = seconds * perSecond;
  const words = ['read-events.mjs', new URL(server.url).port, server.authorization, count, events].map(String);
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'], cwd: import.meta.dirname, detached: true });
  scratch.owns(child);
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  if ((await said.next()).value !== 'ready') throw new Error(`${count} readers did not come`);
  const { server: cores } = await coresOf(server, () => change(server, events));
  const { wrong, lost, p50Ms, p99Ms, cpuUs } = JSON.parse((await said.next()).value);
  return { p50Ms, p99Ms, cores, clientCores: cpuUs / 1e6 / seconds, wrongLines: wrong + lost };
}

/** Changes the limit of a lane, ten times a second; resolves when the time of the last change is over. */
async function change(server, times) {
  const beganMs = performance.now();
  for (let time = 1; time <= times; time++) {
    const answer = await ask(server, { method: 'PATCH', path: '/api/lane/io/', body: JSON.stringify({ limit: 1 + (time % 100) }) });
    if (answer.status !== 202) throw new Error(`the limit was not changed: ${await answer.text()}`);
    await answer.arrayBuffer();
    await sleep(Math.max(0, beganMs + (time * 1000) / perSecond - performance.now()));
  }
}
