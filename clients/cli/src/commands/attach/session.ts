// A run at this terminal: what is typed goes to its program, what the program writes comes here.
import type WebSocket from 'ws';
import { exitCodes, Failure } from '../../failure.js';
import { exitCodeOf } from '../../runs/attached-end.js';
import { DetachKeys } from '../../terminal/detach-keys.js';
import { endingSignals } from '../../terminal/ending-signals.js';
import { print } from '../../terminal/table.js';

/** Channels of v5.channel.k8s.io. */
const channel = { stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4, close: 255 } as const;
/** The program's side takes what is typed in pieces; more than this waits here. */
const heldBytes = 256 * 1024;

export interface Attached {
  socket: WebSocket;
  /** stdin goes to the program. */
  input: boolean;
  /** The program has nothing to read: its stdin ends at once. */
  ends?: boolean;
  /** The terminal of this side is the program's: each key goes there, and its size. */
  tty: boolean;
}

/** The size of this terminal; a usual one where it has none, as on a serial line. */
export function terminalSize(): { rows: number; columns: number } {
  return { rows: process.stdout.rows || 24, columns: process.stdout.columns || 80 };
}

/** Returns the exit code of the program, or undefined when the user has left by the detach keys. */
export async function converse({ socket, input, ends, tty }: Attached): Promise<number | undefined> {
  const say = (to: number, bytes: Buffer | string) => socket.send(Buffer.concat([Buffer.of(to), Buffer.from(bytes)]));
  const restore = tty ? rawTerminal() : () => {};
  const resize = () => say(channel.resize, JSON.stringify({ Width: terminalSize().columns, Height: terminalSize().rows }));
  try {
    const end = endOf(socket);
    if (tty && process.stdout.isTTY) {
      resize();
      process.stdout.on('resize', resize);
    }
    if (ends) say(channel.close, Buffer.of(channel.stdin));
    socket.resume();
    const left = input ? typed(socket, tty, say) : new Promise<never>(() => {});
    return await Promise.race([end, left]);
  } finally {
    process.stdout.off('resize', resize);
    restore();
    process.stdin.pause();
    socket.close(1000);
  }
}

/** Resolves with the exit code once the status has come. */
function endOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve, reject) => {
    let status: string | undefined;
    socket.on('message', (data: Buffer) => {
      const [to, bytes] = [data[0], data.subarray(1)];
      if (to === channel.stdout) written(process.stdout, bytes, socket);
      if (to === channel.stderr) written(process.stderr, bytes, socket);
      if (to === channel.status) status = bytes.toString();
    });
    socket.once('close', (code, reason) => {
      try {
        if (status !== undefined) return resolve(exitCodeOf(status));
      } catch (error) {
        return reject(error);
      }
      const why = reason.toString() || (code === 1001 ? 'the server stops' : `code ${code}`);
      reject(new Failure(`the connection to the run has ended: ${why}`, { exitCode: exitCodes.unavailable }));
    });
  });
}

/** A slow reader on this side holds the server back; when it goes away, the connection ends with this process. */
function written(stream: NodeJS.WriteStream, bytes: Buffer, socket: WebSocket): void {
  if (bytes.length === 0) return;
  if (stream === process.stdout) print(bytes);
  else stream.write(bytes);
  if (!stream.writableNeedDrain || socket.isPaused) return;
  socket.pause();
  stream.once('drain', () => socket.resume());
}

/** Sends stdin to the program, and its end. Resolves only by the detach keys, which a terminal has. */
async function typed(socket: WebSocket, tty: boolean, say: (to: number, bytes: Buffer) => void): Promise<undefined> {
  const keys = tty ? new DetachKeys() : undefined;
  return new Promise((resolve) => {
    process.stdin.on('data', (chunk: Buffer) => {
      const { through, detach } = keys?.read(chunk) ?? { through: chunk, detach: false };
      if (socket.readyState !== socket.OPEN) return;
      if (through.length > 0) say(channel.stdin, through);
      if (detach) resolve(undefined);
      if (socket.bufferedAmount > heldBytes) holdBack(socket);
    });
    process.stdin.once('end', () => {
      if (socket.readyState === socket.OPEN) say(channel.close, Buffer.of(channel.stdin));
    });
  });
}

const lookAgainMs = 20;

function holdBack(socket: WebSocket): void {
  process.stdin.pause();
  const look = setInterval(() => {
    if (socket.bufferedAmount > heldBytes && socket.readyState === socket.OPEN) return;
    clearInterval(look);
    process.stdin.resume();
  }, lookAgainMs);
}

/** Each key as it is typed, without an echo. Returns what undoes it; a signal that ends this process undoes it too. */
function rawTerminal(): () => void {
  process.stdin.setRawMode(true);
  const restore = () => {
    if (process.stdin.isRaw) process.stdin.setRawMode(false);
  };
  const ended = (signal: NodeJS.Signals) => {
    restore();
    process.kill(process.pid, signal);
  };
  process.once('exit', restore);
  for (const signal of endingSignals) process.once(signal, ended);
  return restore;
}
