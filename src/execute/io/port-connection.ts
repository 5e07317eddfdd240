// The port of a run: its number, and a connection to the port as soon as the run itself listens there.
import { connect, type Socket } from 'node:net';
import { type ChosenAdapter, isPort } from '../../model/adapter-choice.js';
import { CodedError } from '../../model/coded-error.js';
import type { OwnAddresses } from '../../model/own-addresses.js';
import type { LaunchedProcess } from '../../worker/launcher.js';
import { endSignal, pauseFor } from '../run/end-signal.js';
import type { RunContext } from '../run/run-context.js';
import { freePort, inTheWay, ownListener } from './port-owner.js';

export type Side = 'input' | 'output';

/** The first pause between two looks whether the program listens; later pauses are longer. */
const firstLookMs = 10;
const lookMs = 250;
/** How often a listening program may refuse a connection: it has just ended, or begins anew. */
const refusalBound = 20;

/** The port that the definition names, or the one that the server has chosen for this run. */
export function portOf({ values }: RunContext, { parameters }: ChosenAdapter): number {
  return typeof parameters.tcp_port === 'number' ? parameters.tcp_port : Number(values.port);
}

/** Called before the start. Throws when another program listens there. */
export async function reservePort(context: RunContext, side: Side): Promise<void> {
  const adapter = context[side];
  if (typeof adapter.parameters.tcp_port !== 'number') context.values.port ??= await freePort();
  else if (inTheWay(portOf(context, adapter))) throw taken(portOf(context, adapter), side);
}

/** Called before the start. Throws when the program is to listen on a port of the server, at this address or another one. */
export function refuseServersPort({ input, output, order }: RunContext, server: OwnAddresses): void {
  const named = [input.parameters.tcp_port, output.parameters.tcp_port, order.definition.ready?.tcp];
  const port = named.map(Number).find((one) => server.hasPort(one));
  if (port !== undefined) throw new CodedError('spawn_error', `port ${port} is this server's own; choose another one`);
}

/** Whether input and output name the same port: then both use the same connection. */
export function sharesPort(context: RunContext): boolean {
  const { input, output } = context;
  return isPort(input) && isPort(output) && portOf(context, input) === portOf(context, output);
}

const connections = new WeakMap<LaunchedProcess, Promise<Socket>>();

/** The one connection of a run whose input and output share a port. */
export function sharedConnection(context: RunContext, process: LaunchedProcess): Promise<Socket> {
  const made = connections.get(process) ?? connectTo(context, process, 'input');
  connections.set(process, made);
  return made;
}

/** Waits until the run listens. Throws when the run has ended, or when another program listens there. */
export async function connectTo(context: RunContext, process: LaunchedProcess, side: Side): Promise<Socket> {
  const port = portOf(context, context[side]);
  const over = endSignal(process);
  for (let pauseMs = firstLookMs, refusals = 0; ; pauseMs = Math.min(lookMs, pauseMs * 1.5)) {
    if (over.aborted) throw new CodedError(`${side}_error`, `the program ended before it could be reached on its port ${port}`);
    const found = ownListener(port, process.pid, context);
    if (found === 'foreign') throw taken(port, side);
    const socket = found && (await connected(context, { port, host: found[refusals % found.length] }));
    if (socket) return socket;
    if (found && ++refusals > refusalBound) throw new CodedError(`${side}_error`, `port ${port} of the program cannot be connected to`);
    await pauseFor(pauseMs, over);
  }
}

function taken(port: number, side: Side): CodedError {
  return new CodedError(`${side}_error`, `port ${port} is in use by another program; choose another one, or $\{port} for one that is free`);
}

/** Null when the program refuses. Our half stays open when the program closes its half. */
function connected({ scope }: RunContext, to: { port: number; host: string }): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = scope.own(connect({ ...to, allowHalfOpen: true, noDelay: true }));
    socket.once('connect', () => {
      socket.removeAllListeners('error').on('error', () => {});
      resolve(socket);
    });
    socket.once('error', () => resolve(null)).once('close', () => resolve(null));
  });
}
