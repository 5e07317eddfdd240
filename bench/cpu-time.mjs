// How much CPU time a server has used, as Linux counts it for its processes.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** User and system time of all threads of the server's own process, in microseconds; its children are not included. */
export function serverCpu({ pid }) {
  return { cpuUsPerRequest: ownUs(statOf(pid)) };
}

/** Also the CPU time of the server with its launcher, and that of all processes that belong to it, with the children that they have waited for. */
export function treeCpu(side) {
  const all = processesOf(side);
  const sum = (of) => all.reduce((total, stat) => total + of(stat), 0);
  return { ...serverCpu(side), ownCpuUsPerRequest: sum(ownUs), treeCpuUsPerRequest: sum((stat) => ownUs(stat) + stat.waitedForUs) };
}

/** How much of a core a server and its processes take. `wait` is the time in which that is measured. */
export async function coresOf(side, wait) {
  const [before, beganMs] = [treeCpu(side), performance.now()];
  await wait();
  const [after, us] = [treeCpu(side), (performance.now() - beganMs) * 1000];
  return {
    server: (after.cpuUsPerRequest - before.cpuUsPerRequest) / us,
    own: (after.ownCpuUsPerRequest - before.ownCpuUsPerRequest) / us,
  };
}

/** The memory of a process in MB, as Linux counts it (`VmRSS`, or `VmHWM` for the most since `forgetPeak`). */
export function memoryMb({ pid }, field = 'VmRSS') {
  return (Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024) / 1e6;
}

export function forgetPeak({ pid }) {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** The server, what descends from it, and processes that were started for its `directory` and may have another parent by now. */
export function processesOf({ pid, directory }) {
  const all = new Map(everyStat().map((stat) => [stat.pid, stat]));
  const descends = (stat) => stat !== undefined && (stat.pid === pid || descends(all.get(stat.parent)));
  return [...all.values()].filter((stat) => descends(stat) || (directory !== undefined && wasStartedFor(directory, stat.pid)));
}

function everyStat() {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => unlessGone(() => [statOf(Number(pid))]) ?? []);
}

function wasStartedFor(directory, pid) {
  const words = ['cmdline', 'environ'].map((file) => unlessGone(() => readFileSync(`/proc/${pid}/${file}`, 'utf8')) ?? '');
  return words.some((text) => text.includes(`${directory}/`) || text.includes(`${directory}\0`));
}

function statOf(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user, system, waitedForUser, waitedForSystem] = fields.slice(11, 15).map((ticks) => (Number(ticks) / ticksPerSecond) * 1e6);
  return { pid, parent: Number(fields[1]), user, system, waitedForUs: waitedForUser + waitedForSystem };
}

function ownUs({ user, system }) {
  return user + system;
}

function unlessGone(read) {
  try {
    return read();
  } catch {
    return undefined;
  }
}
