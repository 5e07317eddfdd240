// What happens while a program runs: its message goes in, what it writes comes out, its limit is watched.
import type { LogStream } from '../protocol/log-format.js';
import type { RunEventSink } from '../protocol/run-event.js';
import type { LaunchedProcess, ProcessEnd } from '../worker/launcher.js';
import { adaptersOf } from './adapters-of.js';
import type { RunStage } from './run-stage.js';

/** Resolves when the program has ended and all that it wrote has been handed on. */
export async function attend(stage: RunStage, process: LaunchedProcess, emit: RunEventSink): Promise<ProcessEnd> {
  adaptersOf(stage)
    .input.deliver(stage, process)
    .catch((error: Error) => {
      stage.outcome.decide('input_error', `the message could not be delivered: ${error.message}`);
      process.stop({});
    });
  const copy = async (stream: LogStream) => {
    try {
      for await (const chunk of process[stream]) await handOn(stage, { stream, chunk, process, emit });
    } catch (error) {
      stage.outcome.decide('output_error', `what the program wrote could not be kept: ${(error as Error).message}`);
      process.stop({ signal: 'SIGKILL' });
    }
  };
  await Promise.all([copy('stdout'), copy('stderr')]);
  return process.ended;
}

interface Written {
  stream: LogStream;
  chunk: Buffer;
  process: LaunchedProcess;
  emit: RunEventSink;
}

/** What exceeds the limit is thrown away, and the program is ended. */
async function handOn(stage: RunStage, { stream, chunk, process, emit }: Written): Promise<void> {
  const roomBytes = stage.order.outputLimitBytes - stage.counts.totalBytes;
  const bytes = chunk.length > roomBytes ? chunk.subarray(0, roomBytes) : chunk;
  if (bytes.length > 0) {
    stage.counts.add(stream, bytes);
    await emit({ type: 'output', stream, timeMs: Date.now(), bytes });
  }
  if (bytes.length === chunk.length) return;
  stage.outcome.decide('output_limit', `the program wrote more than ${stage.order.outputLimitBytes} bytes`);
  process.stop({ signal: 'SIGKILL' });
}
