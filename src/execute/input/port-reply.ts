// The reply of a service to one message, on the connection of that message: a reply that is not whole ends with an error.
import type { Socket } from 'node:net';
import { pipeline, type Readable, Transform } from 'node:stream';
import { CodedError } from '../../model/coded-error.js';
import type { LaunchedProcess } from '../../worker/launcher.js';
import { portOf } from '../io/port-connection.js';
import { ownListener } from '../io/port-owner.js';
import { endSignal, pauseFor } from '../run/end-signal.js';
import type { RunContext } from '../run/run-context.js';

/** How soon the end of a program is known after its connections were closed. */
const partingMs = 250;

/** A reply that breaks off fails with input_error. */
export function replyFrom(socket: Socket, context: RunContext, process: LaunchedProcess): Readable {
  const brokenOff = () => new CodedError('input_error', `the reply on port ${portOf(context, context.input)} of the program broke off`);
  const reply = new Transform({
    transform: (chunk, _encoding, done) => done(null, chunk),
    flush: (done) => void endedWell(context, process).then((well) => done(well ? null : brokenOff())),
    destroy: (error, done) => done(error && brokenOff()),
  });
  reply.on('error', () => {});
  pipeline(socket, reply, () => socket.destroySoon());
  return reply;
}

/** The system closes the connections of a failing program just as the program itself would, but it closes all of them. */
async function endedWell(context: RunContext, process: LaunchedProcess): Promise<boolean> {
  if (Array.isArray(ownListener(portOf(context, context.input), process.pid, context))) return true;
  const over = endSignal(process);
  await pauseFor(partingMs, over);
  if (!over.aborted) return true;
  const { exitCode } = await process.ended;
  return exitCode !== null && (context.order.definition.success_exit_codes ?? [0]).includes(exitCode);
}
