// Where a message goes that a door has as a whole: into the order while it is small, else into the control directory.
import { mkdir, writeFile } from 'node:fs/promises';
import { controlDirectory } from '../../protocol/control-directory.js';
import { inlineMessageBytes, type MessageSource } from '../../protocol/run-order.js';

export async function keepMessage(message: Buffer, { runsRoot, runId }: { runsRoot: string; runId: string }): Promise<MessageSource> {
  if (message.length === 0) return { kind: 'none' };
  if (message.length <= inlineMessageBytes) return { kind: 'inline', base64: message.toString('base64') };
  const control = controlDirectory(runsRoot, runId);
  await mkdir(control.path, { recursive: true, mode: 0o700 });
  await writeFile(control.message, message, { mode: 0o600 });
  return { kind: 'file', path: control.message };
}
