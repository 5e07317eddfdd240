// Sends the requests: by wrk when it is installed, else by our own small generator; always in a separate process.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const nothing = '-';

/** The load generator; `own`: ours, even if wrk is installed; `plan` stores what is to be sent; `send` sends it to a side for some seconds. */
export function chooseLoad({ scratch, connections, own = false }) {
  const version = !own && /^wrk \S+/.exec(spawnSync('wrk', ['-v'], { encoding: 'utf8' }).stdout ?? '')?.[0];
  const command = version ? wrkCommand : ownCommand;
  return {
    name: version || 'node (without wrk this generator is slow enough to hide differences in requests/s; compare the CPU time)',
    plan: (requests) => writePlan(scratch, requests),
    send: async (side, plan, seconds) => figuresOf(await scratch.run(command({ side, plan, seconds, connections }))),
  };
}

/** Both generators take the same four arguments: method, authorization, file of the body, file of the paths. */
function writePlan(scratch, { name, method, paths, body }) {
  const file = (kind) => join(scratch.path, `${name.replace(/\W+/g, '-')}.${kind}`);
  writeFileSync(file('paths'), `${paths.join('\n')}\n`);
  if (body !== undefined) writeFileSync(file('body'), body);
  return { method, bodyFile: body === undefined ? nothing : file('body'), pathsFile: file('paths') };
}

function planWords({ side, plan }) {
  return [plan.method, side.authorization ?? nothing, plan.bodyFile, plan.pathsFile];
}

function wrkCommand({ side, plan, seconds, connections }) {
  const script = join(import.meta.dirname, 'requests.lua');
  return [
    'wrk',
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--latency',
    '--timeout',
    '60s',
    '-s',
    script,
    side.url,
    '--',
    ...planWords({ side, plan }),
  ];
}

function ownCommand({ side, plan, seconds, connections }) {
  const script = join(import.meta.dirname, 'send-requests.mjs');
  return [process.execPath, script, side.url, String(connections), String(seconds), ...planWords({ side, plan })];
}

/** Generators print their figures as one line of JSON. Throws when a request failed: the speed of errors means nothing. */
export function figuresOf(printed) {
  const line = printed.split('\n').find((text) => text.startsWith('{'));
  if (!line) throw new Error(`the load generator printed no figures: ${printed}`);
  const { requests, durationUs, p50Us, p99Us, failed, ...more } = JSON.parse(line);
  if (failed > 0 || requests === 0) throw new Error(`${failed} of ${requests} requests failed`);
  return { requests, perSecond: requests / (durationUs / 1e6), p50Ms: p50Us / 1000, p99Ms: p99Us / 1000, ...more };
}
