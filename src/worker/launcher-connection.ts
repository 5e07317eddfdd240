// The connection to the launcher's process: found or started, one frame after the other, and its end.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { partFault } from './compiled-part.js';
import { encodeLaunchFrame, type FrameFields, FrameSplitter, protocolVersion } from './launcher-frames.js';
import { ownFolder, ownFolders } from './own-folder.js';
import { statFields } from './run-recovery.js';

const startingMs = 5000;
const retryMs = 5;
/** The longest pause between two starts of a launcher that ends at once; the pauses double up to this. */
const longestRetryMs = 500;
/** Errors that would refuse the next start, too. */
const lasting = ['ENOENT', 'EACCES', 'EPERM', 'ENOEXEC', 'ENOTDIR', 'ELOOP'];
const lateMs = 5;
const readBytes = 128 * 1024;
const attempts = 10;

const folderMode = 0o700;
const folderPath = () => join(tmpdir(), `procreg-${process.getuid?.() ?? 0}`);

/** The folders of the launchers' sockets; a process that can enter one of them can speak to the launchers of this user. */
export function launcherFolders(): string[] {
  ownFolder(folderPath(), { mode: folderMode });
  return ownFolders(folderPath());
}

/** The socket of the launcher for this folder: short, since a path of more than 107 bytes is cut silently. */
export function launcherSocket(runsRoot: string): string {
  const name = `${createHash('sha256').update(runsRoot).digest('hex').slice(0, 16)}-${protocolVersion}.sock`;
  const path = join(ownFolder(folderPath(), { mode: folderMode, holding: name }), name);
  if (Buffer.byteLength(path) > 107) throw new Error(`the path of the launcher's socket is too long: ${path}`);
  return path;
}

export interface LauncherPlace {
  /** The compiled native/launcher. */
  binary: string;
  /** DATA_DIR/runs. */
  runsRoot: string;
}

export interface Greeting {
  pid: number;
  /** When the launcher started, in ticks since the boot of the machine: together with its pid this identifies the launcher. */
  startTicks: string;
  /** The runs that the launcher holds. */
  runIds: Set<string>;
}

export class LauncherConnection {
  private readonly waiting: Buffer[] = [];
  private timer: NodeJS.Timeout | undefined;
  private turn: NodeJS.Immediate | undefined;

  private constructor(
    private readonly socket: Socket,
    readonly greeting: Greeting,
  ) {}

  /**
   * Connects to the launcher of this folder, or starts a launcher. `hear` gets its frames, `gone` is called at its end.
   * A launcher that is just leaving, after a time without server and run, may close at once: then another launcher is started.
   */
  static async open(place: LauncherPlace, hear: (fields: FrameFields) => void, gone: () => void): Promise<LauncherConnection> {
    for (let attempt = 1; ; attempt++) {
      const taker: ChunkTaker = { take: () => {} };
      const socket = await reach(place, taker);
      try {
        return await LauncherConnection.greet(socket, taker, { hear, gone });
      } catch (error) {
        // a launcher that is just leaving, or was killed, accepts connections until its end
        if (attempt === attempts) throw error;
        await new Promise((resolve) => setTimeout(resolve, retryMs * attempt));
      }
    }
  }

  private static async greet(socket: Socket, taker: ChunkTaker, { hear, gone }: LauncherEvents): Promise<LauncherConnection> {
    const splitter = new FrameSplitter();
    socket.on('error', () => {}).resume();
    const greeting = await new Promise<Greeting>((resolve, reject) => {
      let greeted = false;
      const greet = (fields: FrameFields) => {
        try {
          resolve(readGreeting(fields));
          return true;
        } catch (error) {
          socket.destroy(error as Error);
          reject(error);
          return false;
        }
      };
      taker.take = (chunk) => {
        for (const fields of splitter.push(chunk)) {
          if (greeted) hear(fields);
          else greeted = greet(fields);
        }
      };
      socket.once('close', () => {
        reject(new Error('the launcher closed its connection'));
        if (greeted) gone();
      });
      socket.write(encodeLaunchFrame(['hello', protocolVersion]));
    });
    return new LauncherConnection(socket, greeting);
  }

  /** Sends the frame together with the others of this turn of the event loop: each write wakes the launcher. */
  send(frame: Buffer): void {
    this.waiting.push(frame);
    this.turn ??= setImmediate(() => this.flush());
  }

  /** Sends the frame together with the next one, or within a few milliseconds. */
  sendLater(frame: Buffer): void {
    this.waiting.push(frame);
    this.timer ??= setTimeout(() => this.flush(), lateMs);
  }

  close(): void {
    this.flush();
    this.socket.end();
  }

  private flush(): void {
    clearTimeout(this.timer);
    clearImmediate(this.turn);
    this.timer = undefined;
    this.turn = undefined;
    const frames = this.waiting.splice(0);
    if (frames.length > 0) this.socket.write(frames.length === 1 ? frames[0] : Buffer.concat(frames));
  }
}

function readGreeting(fields: FrameFields): Greeting {
  fields.text();
  fields.text();
  const pid = fields.number();
  const greeting = { pid, startTicks: statFields(pid)[19], runIds: new Set<string>() };
  while (fields.left) greeting.runIds.add(fields.text());
  return greeting;
}

export interface LauncherEvents {
  hear: (fields: FrameFields) => void;
  /** Called when the connection has ended. */
  gone: () => void;
}

/** Takes the bytes that arrive; the next chunk overwrites them. */
interface ChunkTaker {
  take: (chunk: Buffer) => void;
}

async function reach({ binary, runsRoot }: LauncherPlace, taker: ChunkTaker): Promise<Socket> {
  const path = launcherSocket(runsRoot);
  const there = await connected(path, taker);
  if (there) return there;
  const fault = partFault(binary);
  if (fault) throw new Error(fault);
  // somebody may have removed the folder, and the launcher with it
  mkdirSync(runsRoot, { recursive: existsSync(dirname(runsRoot)), mode: folderMode });
  const untilMs = performance.now() + startingMs;
  let started = startLauncher(binary, path, runsRoot);
  let said = 'it wrote nothing';
  let pauseMs = retryMs;
  for (;;) {
    const socket = await connected(path, taker);
    if (socket) return socket;
    if (started.refused) throw new Error(`${binary} cannot be started: ${started.said}`);
    if (performance.now() > untilMs) {
      started.child.kill('SIGKILL');
      throw new Error(`${binary} was started and does not answer on ${path}: ${said}`);
    }
    // another launcher that was just leaving may have held the lock
    if (started.ended) {
      said = started.said;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      pauseMs = Math.min(pauseMs * 2, longestRetryMs);
      started = startLauncher(binary, path, runsRoot);
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

/** Uses one buffer for all reads: Node would allocate 64 KiB for each chunk. */
function connected(path: string, taker?: ChunkTaker): Promise<Socket | null> {
  const buffer = Buffer.allocUnsafeSlow(readBytes);
  const callback = (length: number) => {
    taker?.take(buffer.subarray(0, length));
    return true;
  };
  return new Promise((resolve) => {
    const socket = connect({ path, ...(taker && { onread: { buffer, callback } }) });
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(null));
  });
}

interface StartedLauncher {
  child: ChildProcess;
  ended: boolean;
  /** The start was refused, and another attempt would be refused, too. */
  refused: boolean;
  said: string;
}

/** Starts the launcher in its own session, so that it outlives this process. */
function startLauncher(binary: string, path: string, runsRoot: string): StartedLauncher {
  const child = spawn(binary, [path, runsRoot], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore'],
    env: {},
    cwd: '/',
    argv0: 'procreg-launcher',
  });
  const state = { child, ended: false, refused: false, said: '' };
  child.once('error', (error: NodeJS.ErrnoException) => {
    Object.assign(state, { ended: true, refused: lasting.includes(error.code ?? ''), said: error.message });
  });
  child.once('exit', (code, signal) => Object.assign(state, { ended: true, said: `it ended with ${code ?? signal}` }));
  child.unref();
  return state;
}

/** Stops every run of the launcher for this folder; false when there is no launcher. */
export async function stopAllRuns(runsRoot: string): Promise<boolean> {
  const socket = await connected(launcherSocket(runsRoot));
  if (!socket) return false;
  socket.on('error', () => {});
  socket.end(encodeLaunchFrame(['end', protocolVersion]));
  await new Promise((resolve) => socket.once('close', resolve));
  return true;
}
