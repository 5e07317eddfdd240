// Input adapter `pipe`: a named pipe that the program reads.
import { constants } from 'node:fs';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { CodedError } from '../../model/coded-error.js';
import type { Descriptor } from '../../model/resource-scope.js';
import type { LaunchedProcess, LaunchSpec } from '../../worker/launcher.js';
import { framingOf, wholeMessage } from '../io/framing.js';
import type { InputAdapter, MessageSink } from '../io/input-adapter.js';
import { openPipe, pipeName, pipeStream, placePipe, reopenPipe } from '../io/named-pipe.js';
import { endSignal, onAbort, pauseFor } from '../run/end-signal.js';
import { chunksOf, messageOf } from '../run/message-stream.js';
import type { RunContext } from '../run/run-context.js';
import { sinkInto } from './sink-into.js';
import { writeAll } from './write-all.js';

/** The first pause between two looks whether the program has opened the pipe; later pauses are longer. */
const firstLookMs = 2;
const lookMs = 100;

export const pipeInput: InputAdapter = {
  passing: true,

  async prepare(context: RunContext): Promise<LaunchSpec['stdin']> {
    await placePipe(context, 'input');
    return 'empty';
  },

  async deliver(context: RunContext, process: LaunchedProcess): Promise<void> {
    const { stream, hold } = await openForProgram(context, process);
    const over = endSignal(process);
    try {
      await writeAll(chunksOf(messageOf(context)), stream, over);
    } catch (error) {
      // a part of the message must not look like all of it: its end comes with the program's end
      onAbort(over, () => {
        hold.close();
        stream.destroy();
      });
      throw error;
    }
    hold.close();
    stream.destroy();
  },

  /** The launcher holds the pipe open: the pipe can be written before the program reads it, and the program never sees its end. */
  async open(context: RunContext, process: LaunchedProcess): Promise<MessageSink> {
    const { stream, hold } = await openForProgram(context, process);
    hold.close();
    const frames = (message: Readable) => wholeMessage(message, framingOf(context.input));
    return sinkInto({ stream, frames, name: pipeName(context, 'input'), close: () => stream.destroy() });
  },
};

/** Retries until somebody reads the pipe. `hold`: a second descriptor, so that a broken stream is not yet the end of the message. */
async function openForProgram(context: RunContext, process: LaunchedProcess): Promise<{ stream: Socket; hold: Descriptor }> {
  const over = endSignal(process);
  for (let pauseMs = firstLookMs; ; pauseMs = Math.min(lookMs, pauseMs * 1.5)) {
    if (over.aborted) throw new CodedError('input_error', `the program ended without opening ${pipeName(context, 'input')}`);
    const hold = await openPipe(context, 'input', constants.O_WRONLY);
    const descriptor = hold && reopenPipe(context, hold, constants.O_WRONLY);
    if (hold && descriptor) return { stream: pipeStream(context, descriptor, 'input'), hold };
    hold?.close();
    await pauseFor(pauseMs, over);
  }
}
