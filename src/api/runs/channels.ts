// Reads and writes frames of Kubernetes' channel.k8s.io: the first byte of a frame is its channel.
import { CodedError } from '../../model/coded-error.js';
import { sizeOf } from '../../run-http/interaction.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { exitCodeOf } from './exit-code.js';

/** The preferred one first. The frames of v4 are the same, but its clients have no way to close stdin. */
export const channelProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4, close: 255 } as const;

export type Said = { what: 'typed'; bytes: Buffer } | { what: 'resized'; size: { rows: number; columns: number } } | { what: 'ended' };

/** What the frame of a client says; null: nothing. Throws invalid_request for a frame that is not part of this protocol. */
export function readChannel(frame: Buffer): Said | null {
  if (frame.length === 0) return null;
  const [channel] = frame;
  const bytes = frame.subarray(1);
  if (channel === channels.stdin) return bytes.length > 0 ? { what: 'typed', bytes } : null;
  if (channel === channels.resize) return { what: 'resized', size: readSize(bytes) };
  // closing a channel only has an effect for stdin
  if (channel === channels.close && bytes.length === 1) return bytes[0] === channels.stdin ? { what: 'ended' } : null;
  throw new CodedError('invalid_request', `a client cannot write to channel ${channel}; allowed: 0 (stdin), 4 (resize), 255 (close)`);
}

function readSize(bytes: Buffer): { rows: number; columns: number } {
  let value: { Width?: unknown; Height?: unknown } | null;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    throw new CodedError('invalid_request', 'a resize must be {"Width": columns, "Height": rows}');
  }
  return sizeOf({ rows: value?.Height, columns: value?.Width });
}

export function onChannel(channel: 'stdout' | 'stderr' | 'status', bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of(channels[channel]), bytes]);
}

/** The v1.Status of a run that has ended, as Kubernetes words it; a signal counts as 128 and its number, as in a shell. */
export function statusOfRun(row: RunEntity): object {
  const { success, exitCode, signal, error, endReason } = row;
  const metadata = {};
  if (success && exitCode === 0) return { metadata, status: 'Success' };
  const code = exitCodeOf(row);
  if (code === null) {
    const causes = [{ reason: endReason, message: error }];
    return { metadata, status: 'Failure', reason: 'InternalError', message: error, code: 500, details: { causes } };
  }
  const causes = [{ reason: 'ExitCode', message: String(code) }];
  if (signal !== null) causes.push({ reason: 'Signal', message: signal });
  if (endReason !== 'exit' && endReason !== 'signal') causes.push({ reason: endReason as string, message: error as string });
  const message = `command terminated with non-zero exit code: ${error ?? `exit status ${code}`}`;
  return { metadata, status: 'Failure', reason: 'NonZeroExitCode', message, details: { causes } };
}
