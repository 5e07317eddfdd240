// Input adapter `port`: a connection to the port that the program listens on.
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { chunkRange } from '../../model/bounds.js';
import { CodedError } from '../../model/coded-error.js';
import { parseSizeBytes } from '../../model/sizes.js';
import type { LaunchedProcess, LaunchSpec } from '../../worker/launcher.js';
import { framedMessage, framingOf } from '../io/framing.js';
import type { InputAdapter, MessageSink } from '../io/input-adapter.js';
import { connectTo, reservePort, sharedConnection, sharesPort } from '../io/port-connection.js';
import { endSignal } from '../run/end-signal.js';
import { chunksOf, messageOf } from '../run/message-stream.js';
import type { RunContext } from '../run/run-context.js';
import { replyFrom } from './port-reply.js';
import { cut, writeAll } from './write-all.js';

const defaultChunkSize = '10KB';

export const portInput: InputAdapter = {
  passing: true,

  async prepare(context: RunContext): Promise<LaunchSpec['stdin']> {
    await reservePort(context, 'input');
    return 'empty';
  },

  async deliver(context: RunContext, process: LaunchedProcess): Promise<void> {
    const shared = sharesPort(context);
    const socket = await (shared ? sharedConnection(context, process) : connectTo(context, process, 'input'));
    if (!shared) socket.resume();
    await say(context, socket, { chunks: chunksOf(messageOf(context)), gone: endSignal(process) });
  },

  async open(context: RunContext, process: LaunchedProcess): Promise<MessageSink> {
    return new PortSink(context, process);
  },
};

interface Said {
  chunks: AsyncIterable<Buffer>;
  /** The program has ended. */
  gone: AbortSignal;
}

/** The message, then the end of our half unless the definition says `half_close: false`. False when the program did not take the whole message. */
async function say({ input }: RunContext, socket: Socket, { chunks, gone }: Said): Promise<boolean> {
  const { chunk_size = defaultChunkSize, half_close = true } = input.parameters as { chunk_size?: string | number; half_close?: boolean };
  try {
    const whole = await writeAll(cut(chunks, chunkBytes(chunk_size)), socket, gone);
    if (whole && half_close) socket.end();
    return whole;
  } catch (error) {
    // a part of the message must not look like all of it: Node would announce a regular end before the reset
    socket._final = (done) => done();
    socket.resetAndDestroy();
    throw error;
  }
}

/** The chunk size within its range, also for a definition that was stored before the range existed. */
function chunkBytes(size: string | number): number {
  return Math.min(chunkRange.to, Math.max(chunkRange.from, parseSizeBytes(size) ?? chunkRange.from));
}

/** Opens a connection for each message. */
class PortSink implements MessageSink {
  private readonly open = new Set<Socket>();

  constructor(
    private readonly context: RunContext,
    private readonly process: LaunchedProcess,
  ) {}

  async send(message: Readable): Promise<Readable | null> {
    const socket = await connectTo(this.context, this.process, 'input');
    this.open.add(socket);
    socket.once('close', () => this.open.delete(socket));
    const answers = sharesPort(this.context);
    // nobody reads the program's reply; its end of the connection ends our half, too
    if (!answers) socket.resume().once('end', () => socket.end());
    const chunks = framedMessage(message, framingOf(this.context.input));
    if (!(await say(this.context, socket, { chunks, gone: endSignal(this.process) }))) {
      socket.destroy();
      throw new CodedError('input_error', 'the program closed the connection before it had all of the message');
    }
    if (!answers) return null;
    // from now on the connection belongs to the reader of the reply
    this.open.delete(socket);
    this.context.scope.giveAway(socket);
    return replyFrom(socket, this.context, this.process);
  }

  async close(): Promise<void> {
    for (const socket of this.open) socket.destroy();
  }
}
