// Stores the message of a run and reads its output, as bytes that are held in memory as a whole.
import { mkdir, writeFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { CodedError } from '../model/coded-error.js';
import { controlDirectory } from '../model/control-directory.js';
import { type FileHint, inlineMessageBytes, type MessageSource } from '../model/run-order.js';
import { extensionOf } from '../results/content-type.js';
import { Outputs, RunsRoot } from '../results/outputs.js';
import type { RunEntity } from './run.entity.js';

@Injectable()
export class MessageStorage {
  constructor(
    private readonly root: RunsRoot,
    private readonly outputs: Outputs,
  ) {}

  /** Keeps the message of a future run: in its order when it is small, else in a file of its control directory. */
  async keep(runId: string, message: Buffer | undefined): Promise<MessageSource> {
    if (message === undefined || message.length === 0) return { kind: 'none' };
    if (message.length <= inlineMessageBytes) return { kind: 'inline', base64: message.toString('base64') };
    const control = controlDirectory(this.root.path, runId);
    await mkdir(control.path, { recursive: true, mode: 0o700 });
    await writeFile(control.message, message, { mode: 0o600 });
    return { kind: 'file', path: control.message, bytes: message.length };
  }

  /** The name of the program's file that follows from the media type of the message. */
  hint(mediaType: string | undefined): FileHint {
    return { extension: extensionOf(mediaType) };
  }

  /** Null when the definition has no output. Throws output_gone, also when the output is larger than `boundBytes`. */
  async output({ id, outputSource, outputBytes }: RunEntity, boundBytes: number): Promise<Buffer | null> {
    if (outputSource === null) return null;
    const bytes = outputBytes ?? 0;
    if (bytes > boundBytes) throw new CodedError('output_gone', `the output has ${bytes} bytes; a message may have at most ${boundBytes}`);
    const chunks: Buffer[] = [];
    for await (const chunk of await this.outputs.open({ runId: id, source: outputSource, bytes })) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
}
