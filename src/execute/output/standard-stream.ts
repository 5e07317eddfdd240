// Output adapter `file` with stream_name STDOUT or STDERR: the message is a view of the run's log.

import type { ChosenAdapter } from '../../model/adapter-choice.js';
import type { LogStream } from '../../model/log-format.js';
import { readStream } from '../../model/read-frames.js';
import type { CollectedOutput } from '../../model/run-result.js';
import type { LaunchedProcess } from '../../worker/launcher.js';
import { FrameCutter, framingOf } from '../io/framing.js';
import type { OutputAdapter, OutputFrame } from '../io/output-adapter.js';
import type { RunContext } from '../run/run-context.js';

export const standardStream: OutputAdapter = {
  async prepare(): Promise<void> {},

  async collect({ order, output, end }: RunContext): Promise<CollectedOutput> {
    const source = streamOf(output);
    const { bytes, isText } = end?.[source] ?? { bytes: 0, isText: true };
    const { contentType, name } = declaredType(output.parameters);
    return { source, bytes, isText, contentType, name: order.outputFile.name ?? name };
  },

  async *frames({ output }: RunContext, process: LaunchedProcess, position: number): AsyncGenerator<OutputFrame> {
    const cutter = new FrameCutter(framingOf(output), position);
    for await (const bytes of readStream(process.openLog(), { stream: streamOf(output), start: position, follow: true }))
      yield* cutter.push(bytes);
    yield* cutter.finish();
  },
};

function streamOf({ parameters }: ChosenAdapter): LogStream {
  return parameters.stream_name === 'STDERR' ? 'stderr' : 'stdout';
}

/** The content type and extension that the definition names. */
function declaredType(parameters: Record<string, unknown>): Pick<CollectedOutput, 'contentType' | 'name'> {
  const { content_type, extension } = parameters as { content_type?: string; extension?: string };
  return { contentType: content_type, name: extension && `output.${extension.replace(/^\./, '')}` };
}
