// Where the message of a run comes from: a file, stdin, or nowhere.
import { createReadStream, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { basename } from 'node:path';
import { Readable, Transform, type TransformCallback } from 'node:stream';
import { isatty } from 'node:tty';
import type { ProcessDefinition } from '../../../../../src/model/definition.js';
import { exitCodes, Failure } from '../../failure.js';
import { asksForMessage, takesMessage } from '../../runs/known-definition.js';

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
    const descriptor = openSync(path, 'r');
    const stats = fstatSync(descriptor);
    if (stats.isDirectory()) throw new Error('it is a folder');
    const name = basename(path);
    if (stats.isFile()) return { name, ...storedMessage(descriptor, stats, { path, start: 0 }) };
    return { name, isRepeatable: false, open: () => createReadStream(path, { fd: descriptor }) };
  } catch (error) {
    throw new Failure(`${path} cannot be read: ${(error as Error).message}`, { exitCode: exitCodes.refused });
  }
}

async function stdinMessage(): Promise<Message> {
  const stats = fstatSync(0);
  if (stats.isFile()) return storedMessage(0, stats, { path: 'stdin', start: offsetOfStdin() });
  return pipedMessage(process.stdin);
}

/** The bytes from `start` on that a regular file has now. */
function storedMessage(descriptor: number, { size }: Stats, { path, start }: { path: string; start: number }): Message {
  const bytes = Math.max(0, size - start);
  const read = () => createReadStream(path, { fd: descriptor, autoClose: false, start, end: start + bytes - 1 });
  const open = () => (bytes === 0 ? Readable.from([]) : read().compose(new WholeFile(path, bytes)));
  return { bytes, isRepeatable: true, open: open as () => Readable };
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
    yield* { [Symbol.asyncIterator]: () => source };
  };
  return { isRepeatable: false, open: () => Readable.from(rest(), { objectMode: false }) };
}

const heldMessage = (content: Buffer): Message => ({
  bytes: content.length,
  isRepeatable: true,
  open: () => Readable.from(content.length === 0 ? [] : [content], { objectMode: false }),
});

/** Fails when a file ends before the length that was promised to the server. */
class WholeFile extends Transform {
  readonly #path: string;
  #missing: number;

  constructor(path: string, bytes: number) {
    super();
    this.#path = path;
    this.#missing = bytes;
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#missing -= chunk.length;
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    done(this.#missing > 0 ? new Failure(`${this.#path} has become shorter while it was sent`) : null);
  }
}
