// The files of a job for its router: each transfer begins with its size and ends with the number of bytes that were transferred.
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { whenAborted } from '../../http/client-disconnect.js';
import { ByteCounter } from '../../http/spool.js';
import type { Principal } from '../../model/roles.js';
import type { IncomingCall } from '../../prpc/incoming-calls.js';
import type { RunEntity } from '../../runs/run.entity.js';
import type { Given } from './agent-parameters.js';
import { JobFiles, type OpenedFile } from './job-files.js';

type Transfer = Given & { call: IncomingCall };

@Injectable()
export class AgentFiles {
  constructor(private readonly files: JobFiles) {}

  async download(owner: Principal, row: RunEntity, { text, flag, call }: Transfer): Promise<number> {
    const path = text('filename');
    const open = () => this.files.open(owner, row, path);
    const file = await open();
    const bytes = file.bytes ?? (await lengthOf(file));
    const sent = await send(call, (file.bytes === undefined ? await open() : file).read(), bytes);
    if (flag('remove') && sent === bytes) await this.files.remove(owner, row, path);
    return sent;
  }

  async upload(owner: Principal, row: RunEntity, { text, flag, call }: Transfer): Promise<number> {
    const counter = this.counted(call);
    await this.files.put(owner, row, { path: text('filename'), content: () => counter, executable: flag('executable') });
    return counter.bytes;
  }

  async pack(owner: Principal, row: RunEntity, { optionalText, flag, call }: Transfer): Promise<number> {
    const patterns = (name: string) => [optionalText(name)].filter((pattern) => pattern !== undefined);
    const names = { include: patterns('include_mask'), exclude: patterns('exclude_mask'), compress: flag('compress') };
    const tar = await this.files.pack(owner, row, names);
    return this.files.spooled(
      () => tar,
      (path, bytes) => send(call, createReadStream(path), bytes),
    );
  }

  async unpack(owner: Principal, row: RunEntity, { call }: Transfer): Promise<number> {
    const counter = this.counted(call);
    await this.files.unpack(owner, row, () => counter);
    return counter.bytes;
  }

  /** The bytes of a call's stream; they break off when the call is cancelled. */
  private counted({ stream, gone }: IncomingCall): ByteCounter {
    const counter = new ByteCounter(this.files.bounds.messageBytes);
    const breakOff = () => counter.destroy(new Error('the upload was given up'));
    counter.on('error', () => {});
    whenAborted(gone, breakOff);
    Readable.from(stream.chunks())
      .on('error', (error) => counter.destroy(error))
      .pipe(counter);
    return counter;
  }
}

/** The size that has been written so far; more may follow, which the router does not ask for. */
async function lengthOf(file: OpenedFile): Promise<number> {
  let bytes = 0;
  for await (const chunk of file.read()) bytes += chunk.length;
  return bytes;
}

/** Sends no more bytes than announced, even of a file that grows meanwhile. */
async function send({ stream }: IncomingCall, content: Readable, bytes: number): Promise<number> {
  await stream.send({ size: bytes });
  let left = bytes;
  for await (const chunk of content) {
    const part = chunk.length > left ? chunk.subarray(0, left) : chunk;
    left -= part.length;
    if (part.length > 0 && !(await stream.send(part))) break;
    if (left === 0) break;
  }
  content.destroy();
  return bytes - left;
}
