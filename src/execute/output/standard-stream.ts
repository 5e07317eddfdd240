// Output adapter `file` with stream_name STDOUT or STDERR: the message is a view of the run's log.
import type { CollectedOutput } from '../../protocol/run-result.js';
import type { RunStage } from '../run-stage.js';
import type { OutputAdapter } from './contract.js';

export const standardStream: OutputAdapter = {
  async prepare(): Promise<void> {},

  async collect({ order, output, end }: RunStage): Promise<CollectedOutput> {
    const source = output.parameters.stream_name === 'STDERR' ? 'stderr' : 'stdout';
    const { bytes, isText } = end?.[source] ?? { bytes: 0, isText: true };
    const { contentType, name } = declaredType(output.parameters);
    return { source, bytes, isText, contentType, name: order.outputFile.name ?? name };
  },
};

/** The content type and extension that the definition names. */
function declaredType(parameters: Record<string, unknown>): Pick<CollectedOutput, 'contentType' | 'name'> {
  const { content_type, extension } = parameters as { content_type?: string; extension?: string };
  return { contentType: content_type, name: extension && `output.${extension.replace(/^\./, '')}` };
}
