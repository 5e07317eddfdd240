// When a service takes messages: once every condition that its definition names under `ready` is met.
import { get, type IncomingMessage } from 'node:http';
import { get as getSecurely } from 'node:https';
import { connect } from 'node:net';
import { CodedError } from '../../model/coded-error.js';
import type { ProcessDefinition } from '../../model/definition.js';
import type { LaunchedProcess } from '../../worker/launcher.js';
import { endSignal, pauseFor } from '../run/end-signal.js';
import type { RunContext } from '../run/run-context.js';
import { waitForLogLine } from './wait-for-log-line.js';

/** How long a service may take until it is ready, in addition to its `delay`. */
const boundMs = 60_000;
const lookMs = 50;
/** How long one check may take. */
const patienceMs = 2000;

type Ready = NonNullable<ProcessDefinition['ready']>;
type Named = { [Name in keyof Ready]-?: NonNullable<Ready[Name]> };

/** The condition behind each name of `ready`; `over`: the program has ended, or the time is up. */
const probes: { [Name in keyof Named]: (value: Named[Name], probe: Probe) => Promise<unknown> } = {
  tcp: (value, { context, over }) => untilTrue(() => accepts(context, portOf(value, context)), over),
  http: (value, { context, over }) => untilTrue(() => answers(context, new URL(value, `http://127.0.0.1:${anyPortOf(context)}`)), over),
  log: (text, { process, over }) => waitForLogLine(process, text, over),
  delay: (seconds, { process, over }) => pauseFor(Math.max(0, process.startedAtMs + seconds * 1000 - Date.now()), over),
};

interface Probe {
  context: RunContext;
  process: LaunchedProcess;
  over: AbortSignal;
}

/** False when the program has ended first. Throws timeout when the service is not ready in time. */
export async function becomesReady(context: RunContext, process: LaunchedProcess): Promise<boolean> {
  const { ready } = context.order.definition;
  if (!ready) return true;
  const limitMs = boundMs + (ready.delay ?? 0) * 1000;
  const [gone, late, failed] = [endSignal(process), new AbortController(), new AbortController()];
  const timer = setTimeout(() => late.abort(), limitMs);
  const probe = { context, process, over: AbortSignal.any([gone, late.signal, failed.signal]) };
  const named = Object.entries(ready).filter(([name]) => name in probes) as [keyof Named, never][];
  try {
    await Promise.all(named.map(([name, value]) => probes[name](value, probe)));
  } finally {
    clearTimeout(timer);
    failed.abort();
  }
  if (late.signal.aborted) throw new CodedError('timeout', `the service was not ready within ${limitMs / 1000} s`);
  return !gone.aborted;
}

async function untilTrue(look: () => Promise<boolean>, over: AbortSignal): Promise<void> {
  while (!over.aborted && !(await look())) await pauseFor(lookMs, over);
}

function portOf(value: Named['tcp'], context: RunContext): number {
  return typeof value === 'number' ? value : anyPortOf(context);
}

/** The port of the adapters; a port that the server has chosen is among the values. */
function anyPortOf({ input, output, values }: RunContext): number {
  const named = [input, output].map(({ parameters }) => parameters.tcp_port).find((port) => typeof port === 'number');
  return Number(named ?? values.port ?? 0);
}

function accepts({ scope }: RunContext, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = scope.own(connect({ port, host: '127.0.0.1', timeout: patienceMs }));
    const finish = (well: boolean) => {
      socket.destroy();
      resolve(well);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
    socket.once('timeout', () => finish(false));
    socket.once('close', () => resolve(false));
  });
}

/** Whether `url` answers with any status below 400. Nothing secret is sent, so that any certificate is accepted. */
function answers({ scope }: RunContext, url: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const ask = url.protocol === 'https:' ? getSecurely : get;
    const asked = ask(url, { timeout: patienceMs, agent: false, rejectUnauthorized: false }, (answer: IncomingMessage) => {
      answer.on('error', () => {}).destroy();
      resolve((answer.statusCode ?? 500) < 400);
    });
    scope.own(asked);
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(false)).once('close', () => resolve(false));
  });
}
