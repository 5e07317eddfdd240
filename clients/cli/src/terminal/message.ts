// Messages that a command sends and prints: where they come from, and how they are shown.

import { createReadStream, fstatSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { exitCodes, Failure } from '../failure.js';
import type { ServerEvent } from '../http/event-stream.js';
import { fileFault } from './file-fault.js';
import { print, printJson } from './table.js';

export interface MessageOptions {
  input?: string;
}

export const messageOption = { flags: '-i, --input <file>', summary: 'read the message from a file; -: from stdin' };

/** The message: the text of the command line, or a file, or else stdin. */
export function messageOf(text: string | undefined, { input }: MessageOptions): Readable | Buffer {
  if (text !== undefined && input !== undefined)
    throw new Failure('a text and --input cannot be given together', { exitCode: exitCodes.usage });
  if (text !== undefined) return Buffer.from(text);
  if (input !== undefined && input !== '-') return fileOf(input);
  if (process.stdin.isTTY) process.stderr.write('Type the message; end it with Ctrl-D.\n');
  return process.stdin;
}

function fileOf(path: string): Readable {
  try {
    const descriptor = openSync(path, 'r');
    if (fstatSync(descriptor).isDirectory()) throw new Error('it is a folder');
    return createReadStream(path, { fd: descriptor });
  } catch (error) {
    throw new Failure(`${path} ${fileFault(error)}`);
  }
}

/** One message per line, or as JSON. */
export function printMessage({ type, id, data }: ServerEvent, json?: boolean): void {
  if (data === null) return;
  const isBinary = type === 'message-base64';
  if (json) return printJson({ id, ...(isBinary ? { base64: data } : { data }) }, 0);
  print(isBinary ? Buffer.from(data, 'base64') : data);
  if (!data.endsWith('\n')) print('\n');
}
