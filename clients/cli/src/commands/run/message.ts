// Where the message of a run comes from: a file, stdin, or nowhere.

import { fstatSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { isatty } from 'node:tty';
import type { ProcessDefinition } from '../../../../../src/model/definition.js';
import { exitCodes, Failure } from '../../failure.js';
import { fileSource, storedBytes } from '../../http/file-source.js';
import { asksForMessage, takesMessage } from '../../runs/known-definition.js';
import { fileFault } from '../../terminal/file-fault.js';
import { freePassed } from '../../terminal/freed-bytes.js';

export interface Message {
  /** Undefined when the length is unknown. */
  bytes?: number;
  /** Of a file, without its folder. */
  name?: string;
  /** Whether it can be opened again, when a connection was lost. */
  isRepeatable: boolean;
  open: () => Readable;
}

/** `input`: what -i says; `none`: -n. */
export interface MessageOptions {
  input?: string;
  none?: boolean;
}

/** A message of a pipe is held in memory up to this length, and can then be sent again. */
const heldBytes = 2 ** 20;

/** Undefined when none is sent: then stdin is left alone. Throws a Failure when the file cannot be read. */
export async function messageFor(
  called: string,
  definition: ProcessDefinition,
  { input, none }: MessageOptions,
): Promise<Message | undefined> {
  if (input !== undefined && none) throw new Failure('-i and -n exclude each other', { exitCode: exitCodes.usage });
  if (!takesMessage(definition)) {
    if (input === undefined) return undefined;
    throw new Failure(`${called} takes no message`, { exitCode: exitCodes.refused, hint: `procreg run ${called} --help` });
  }
  if (none) return undefined;
  if (input !== undefined && input !== '-') return fileMessage(input);
  if (input === undefined && isatty(0)) {
    if (!asksForMessage(definition)) return undefined;
    process.stderr.write('procreg: the message is read from the terminal; Ctrl-D ends it (-i FILE: from a file, -n: none)\n');
  }
  return stdinMessage();
}

function fileMessage(path: string): Message {
  try {
    const source = fileSource(path);
    return { name: basename(path), isRepeatable: source.bytes !== undefined, ...source };
  } catch (error) {
    throw new Failure(`${path} ${fileFault(error)}`, { exitCode: exitCodes.refused });
  }
}

async function stdinMessage(): Promise<Message> {
  const stats = fstatSync(0);
  if (stats.isFile()) return { isRepeatable: true, ...storedBytes('stdin', 0, { start: offsetOfStdin(), stats }) };
  return pipedMessage(process.stdin);
}

/** Where the shell, or a program before this one, has left off reading. */
function offsetOfStdin(): number {
  try {
    return Number(/^pos:\s*(\d+)/m.exec(readFileSync('/proc/self/fdinfo/0', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Reads the beginning: a message that ends within it is held, a longer one is streamed, and lost with its connection. */
async function pipedMessage(stream: Readable): Promise<Message> {
  const chunks: Buffer[] = [];
  const source = stream[Symbol.asyncIterator]();
  for (let bytes = 0; bytes <= heldBytes; ) {
    const { value, done } = await source.next();
    if (done) return heldMessage(Buffer.concat(chunks));
    chunks.push(value);
    bytes += value.length;
  }
  const rest = async function* () {
    yield* chunks.splice(0);
    for await (const chunk of { [Symbol.asyncIterator]: () => source }) {
      yield chunk;
      freePassed(chunk.length);
    }
  };
  return { isRepeatable: false, open: () => Readable.from(rest(), { objectMode: false }) };
}

const heldMessage = (content: Buffer): Message => ({
  bytes: content.length,
  isRepeatable: true,
  open: () => Readable.from(content.length === 0 ? [] : [content], { objectMode: false }),
});
