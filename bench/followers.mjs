// The bench `followers`: one run writes 1000 lines a second, and many clients follow its log as Server-Sent Events.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { coresOf } from './cpu-time.mjs';
import { runManyClients } from './many-clients.mjs';
import { compile } from './programs.mjs';
import { begin, define } from './same-answers.mjs';

const linesPerSecond = 1000;
const counts = [1, 10, 100, 1000];
/** In this time all followers have joined; then the program begins to write. */
const joinMs = 4000;
/** The program writes for this long before and after the time in which CPU is counted. */
const edgeMs = 1000;

export const what = `${counts.join(', ')} followers of one run that writes ${linesPerSecond} lines a second`;

export const run = (options) => {
  const { seconds } = options;
  const prepare = async (server, scratch) => {
    const lines = Math.round((seconds + (2 * edgeMs) / 1000) * linesPerSecond);
    const path = await define(server, {
      exec: compile('write-lines', scratch),
      argv: [joinMs, linesPerSecond, lines].map(String),
      input_adapter: { input_type: 'none' },
    });
    const bench = { server, scratch, seconds, lines, path, client: compile('follow', scratch) };
    return (count) => follow(bench, count);
  };
  return runManyClients({ bench: 'followers', what, counts, prepare, headlinesOf, curvesOf }, options);
};

function headlinesOf(sides) {
  const { p99Ms, cores, wrongLines } = sides[1000];
  return [
    { what: '1000 followers: 99th percentile of the lag', value: p99Ms, unit: 'ms', atMost: 75, aim: 50 },
    { what: '1000 followers: CPU of the server', value: cores, unit: 'cores', atMost: 0.6 },
    { what: '1000 followers: lines that were lost or wrong', value: wrongLines, unit: 'lines', atMost: 0 },
  ];
}

function curvesOf(sides) {
  const line = (name, figure) => ({ name, points: counts.map((count) => [count, sides[count][figure].median]) });
  const curve = (more) => ({ x: 'followers', scale: 'log', ...more });
  return [
    curve({ id: 'followers-lag', title: 'Lag of a line', y: 'ms', lines: [line('median', 'p50Ms'), line('99th percentile', 'p99Ms')] }),
    curve({ id: 'followers-cpu', title: 'CPU of the server', y: 'cores', lines: [line('server', 'cores')] }),
  ];
}

async function follow({ server, scratch, seconds, lines, path, client }, count) {
  const run = await begin(server, path);
  const begunMs = performance.now();
  const words = [new URL(server.url).port, `${run}log/?follow=1`, server.authorization, count, lines].map(String);
  const child = spawn(client, words, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  scratch.owns(child);
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  if ((await said.next()).value !== 'ready' || performance.now() - begunMs > joinMs)
    throw new Error(`${count} followers did not join in time`);
  await sleep(begunMs + joinMs + edgeMs - performance.now());
  const { server: cores } = await coresOf(server, () => sleep(seconds * 1000));
  const { lost, wrong, p50Us, p99Us, clientCpuUs } = JSON.parse((await said.next()).value);
  const lasted = lines / linesPerSecond;
  return { p50Ms: p50Us / 1000, p99Ms: p99Us / 1000, cores, clientCores: clientCpuUs / 1e6 / lasted, wrongLines: lost + wrong };
}
