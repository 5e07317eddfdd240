// Input adapter `append`: each message is appended to a file that the program tails.
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { CodedError } from '../../model/coded-error.js';
import type { LaunchedProcess, LaunchSpec } from '../../worker/launcher.js';
import { makeFile } from '../files/safe-create.js';
import { isOwn, judged, openLeftPlace } from '../files/safe-open.js';
import type { InputAdapter, MessageSink } from '../io/input-adapter.js';
import { makePlace, type Named, placeAfterStart, shownName } from '../io/own-path.js';
import { haveOpen, processesOf } from '../io/process-tree.js';
import { endSignal, pauseFor } from '../run/end-signal.js';
import { chunksOf, messageOf } from '../run/message-stream.js';
import type { RunContext } from '../run/run-context.js';
import { writeAll } from './write-all.js';

/** How long to wait for a program that has not opened its file yet; some programs open it only now and then. */
const patienceMs = 1000;
const lookMs = 20;
/** How long a program takes from opening its file to waiting for more. */
const settlingMs = 50;

const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export const appendInput: InputAdapter = {
  passing: true,

  async prepare(context: RunContext): Promise<LaunchSpec['stdin']> {
    const path = await makePlace(context, named(context));
    const file = await makeFile(context.directory, path);
    await file.close();
    context.values.input_file = path;
    return 'empty';
  },

  async deliver(context: RunContext, process: LaunchedProcess): Promise<void> {
    await opened(context, process);
    await append(context, process, messageOf(context));
  },

  async open(context: RunContext, process: LaunchedProcess): Promise<MessageSink> {
    await opened(context, process);
    return {
      async send(message: Readable): Promise<null> {
        if (await append(context, process, message)) return null;
        throw new CodedError('input_error', 'the program ended before it had all of the message');
      },
      close: async () => {},
    };
  },
};

function named(context: RunContext): Named {
  return { side: 'input', path: context.input.parameters.file_path, placeholder: 'input_file', name: 'input' };
}

async function openFile(context: RunContext): Promise<FileHandle> {
  const place = placeAfterStart(context, named(context));
  const name = shownName(context, named(context));
  const file = await openLeftPlace(place, flags).catch((error) => {
    throw new CodedError('input_error', `the file '${name}' that messages are appended to cannot be used: ${error.message}`);
  });
  await judged(file, async () => {
    if ((await file.stat()).isFile() && (await isOwn(file, place))) return;
    throw new CodedError('input_error', `'${name}' is no longer a regular file of the run`);
  });
  return context.scope.file(file);
}

async function opened(context: RunContext, process: LaunchedProcess): Promise<void> {
  const file = await openFile(context);
  const found = await file.stat();
  await file.close();
  const untilMs = performance.now() + patienceMs;
  const over = endSignal(process);
  while (!over.aborted && performance.now() < untilMs && !haveOpen(processesOf(process.pid), found)) await pauseFor(lookMs, over);
  await pauseFor(settlingMs, over);
}

/** False when the program ends before the whole message is appended. */
async function append(context: RunContext, process: LaunchedProcess, message: Readable): Promise<boolean> {
  const file = await openFile(context);
  const stream = context.scope.own(file.createWriteStream());
  const delimiter = Buffer.from(String(context.input.parameters.delimiter ?? '\n'));
  const whole = await writeAll(delimited(chunksOf(message), delimiter), stream, endSignal(process)).finally(() => stream.destroy());
  if (stream.errored) throw new CodedError('input_error', `the message cannot be appended: ${stream.errored.message}`);
  return whole;
}

/** Adds the delimiter to a message that does not end in it. */
async function* delimited(chunks: AsyncIterable<Buffer>, delimiter: Buffer): AsyncGenerator<Buffer> {
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    yield chunk;
    const end = Buffer.concat([tail, chunk.subarray(Math.max(0, chunk.length - delimiter.length))]);
    tail = end.subarray(Math.max(0, end.length - delimiter.length));
  }
  if (!tail.equals(delimiter)) yield delimiter;
}
