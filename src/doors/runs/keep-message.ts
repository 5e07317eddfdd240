// Where a message that came within a JSON body waits for its program: in the order, or in the run's control directory.
import { mkdir, writeFile } from 'node:fs/promises';
import { controlDirectory } from '../../protocol/control-directory.js';
import { inlineMessageBytes, type MessageSource } from '../../protocol/run-order.js';

/** When the run is not accepted, the caller discards what was spooled under `runId`. */
export async function keepMessage(message: Buffer | undefined, runsRoot: string, runId: string): Promise<MessageSource> {
  if (message === undefined || message.length === 0) return { kind: 'none' };
  if (message.length <= inlineMessageBytes) return { kind: 'inline', base64: message.toString('base64') };
  const control = controlDirectory(runsRoot, runId);
  await mkdir(control.path, { recursive: true, mode: 0o700 });
  await writeFile(control.message, message, { mode: 0o600 });
  return { kind: 'file', path: control.message };
}
