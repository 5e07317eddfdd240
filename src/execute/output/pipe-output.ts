// Output adapter `pipe`: what the program writes to a named pipe, however often the program opens the pipe.
import { constants } from 'node:fs';
import { CodedError } from '../../model/coded-error.js';
import type { Descriptor } from '../../model/resource-scope.js';
import type { LaunchedProcess } from '../../worker/launcher.js';
import { FrameCutter, framingOf } from '../io/framing.js';
import { openPipe, pipeName, pipeStream, placePipe, pokePipe, reopenPipe } from '../io/named-pipe.js';
import type { OutputAdapter, OutputFrame } from '../io/output-adapter.js';
import { endSignal, onAbort } from '../run/end-signal.js';
import type { RunContext } from '../run/run-context.js';
import { keepStream } from './keep-stream.js';
import { keptOutput } from './kept-output.js';

/** How long to wait for the end of the pipe when the program has ended: a process that has left the run may hold the pipe. */
const drainMs = 1000;

export const pipeOutput: OutputAdapter = {
  passing: true,
  prepare: (context) => placePipe(context, 'output'),
  collect: keptOutput,

  async receive(context: RunContext, process: LaunchedProcess): Promise<void> {
    const reader = new PipeReader(context, process);
    await keepStream(context, reader.chunks());
    if (!reader.opened) throw new CodedError('output_error', `the program ended without opening ${pipeName(context, 'output')}`);
  },

  async *frames(context: RunContext, process: LaunchedProcess): AsyncGenerator<OutputFrame> {
    const cutter = new FrameCutter(framingOf(context.output));
    for await (const chunk of new PipeReader(context, process).chunks()) {
      for (const { bytes } of cutter.push(chunk)) yield { bytes, position: 0 };
    }
    for (const { bytes } of cutter.finish()) yield { bytes, position: 0 };
  },
};

class PipeReader {
  /** Whether the program has ever had the pipe open to write. */
  opened = false;
  private over = false;

  constructor(
    private readonly context: RunContext,
    private readonly process: LaunchedProcess,
  ) {}

  /** What comes until the program has ended. A second descriptor stays open all the while, so that the pipe is never without a reader. */
  async *chunks(): AsyncGenerator<Buffer> {
    // the first descriptor lets the program open the pipe, and must see the program close it
    let reading = (await openPipe(this.context, 'output', constants.O_RDONLY)) as Descriptor;
    const keeper = reopenPipe(this.context, reading, constants.O_RDONLY) as Descriptor;
    try {
      for (;;) {
        yield* this.untilClosed(reading, keeper);
        if (this.over) return;
        reading = reopenPipe(this.context, keeper, constants.O_RDONLY) as Descriptor;
      }
    } finally {
      keeper.close();
    }
  }

  /** What comes until the pipe has no writer any more. */
  private async *untilClosed(descriptor: Descriptor, keeper: Descriptor): AsyncGenerator<Buffer> {
    const stream = pipeStream(this.context, descriptor, 'output');
    const late: { timer?: NodeJS.Timeout } = {};
    const forget = onAbort(endSignal(this.process), () => {
      // one whole turn of the event loop: pending events of the pipe are handled first
      setImmediate(() =>
        setImmediate(() => {
          this.over = true;
          if (stream.destroyed) return;
          late.timer = setTimeout(() => stream.destroy(), drainMs);
          pokePipe(this.context, keeper);
        }),
      );
    });
    try {
      for await (const chunk of stream) {
        this.opened = true;
        yield chunk;
      }
      this.opened ||= !this.over;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    } finally {
      forget();
      clearTimeout(late.timer);
      stream.destroy();
    }
  }
}
