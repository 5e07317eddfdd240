// Output adapter `port`: what is read from a port of the program until it closes the connection.
import type { Socket } from 'node:net';
import { CodedError } from '../../model/coded-error.js';
import type { LaunchedProcess } from '../../worker/launcher.js';
import { FrameCutter, framingOf } from '../io/framing.js';
import type { OutputAdapter, OutputFrame } from '../io/output-adapter.js';
import { connectTo, portOf, reservePort, sharedConnection, sharesPort } from '../io/port-connection.js';
import { endSignal } from '../run/end-signal.js';
import type { RunContext } from '../run/run-context.js';
import { keepStream } from './keep-stream.js';
import { keptOutput } from './kept-output.js';

/** How long a program may take to end by itself once it has answered; after this time it counts as a server and is told to end. */
const partingMs = 500;

export const portOutput: OutputAdapter = {
  passing: true,
  prepare: (context) => reservePort(context, 'output'),
  collect: keptOutput,

  async receive(context: RunContext, process: LaunchedProcess): Promise<void> {
    const shared = sharesPort(context);
    const socket = await (shared ? sharedConnection(context, process) : connectTo(context, process, 'output'));
    await keepStream(context, replyOf(socket, portOf(context, context.output)));
    if (!shared) socket.end();
    await Promise.race([process.ended, new Promise((resolve) => setTimeout(resolve, partingMs).unref())]);
    context.served = true;
    process.stop({});
  },

  /** Where messages come in by the same port, each reply belongs to its message, and there are no other frames. */
  async *frames(context: RunContext, process: LaunchedProcess): AsyncGenerator<OutputFrame> {
    if (sharesPort(context)) {
      await process.ended;
      return;
    }
    const over = endSignal(process);
    while (!over.aborted) yield* framesOf(context, process);
  },
};

/** The frames of one connection after another: a connection that the program ends is followed by the next. */
async function* framesOf(context: RunContext, process: LaunchedProcess): AsyncGenerator<OutputFrame> {
  const socket = await connectTo(context, process, 'output').catch(() => null);
  if (!socket) return;
  const cutter = new FrameCutter(framingOf(context.output));
  try {
    for await (const chunk of socket) for (const { bytes } of cutter.push(chunk)) yield { bytes, position: 0 };
    for (const { bytes } of cutter.finish()) yield { bytes, position: 0 };
  } finally {
    socket.destroy();
  }
}

async function* replyOf(socket: Socket, port: number): AsyncGenerator<Buffer> {
  try {
    yield* socket.iterator({ destroyOnReturn: false });
  } catch (error) {
    throw new CodedError('output_error', `the connection to port ${port} of the program broke off: ${(error as Error).message}`);
  }
}
