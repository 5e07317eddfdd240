// The connection to the launcher's process: found or started, one frame after the other, and its end.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeLaunchFrame, type FrameFields, FrameSplitter, protocolVersion } from './launcher-frames.js';

const startingMs = 5000;
const retryMs = 5;

/** The socket of the launcher for this folder: short, since a path of more than 107 bytes is cut silently. */
export function launcherSocket(runsRoot: string): string {
  const folder = join(tmpdir(), `procreg-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) throw new Error(`${folder} must be a directory of the server's own user`);
  chmodSync(folder, 0o700);
  const path = join(folder, `${createHash('sha256').update(runsRoot).digest('hex').slice(0, 16)}-${protocolVersion}.sock`);
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
  /** The runs that it holds. */
  runIds: Set<string>;
}

export class LauncherConnection {
  private constructor(
    private readonly socket: Socket,
    readonly greeting: Greeting,
  ) {}

  /**
   * Connects to the launcher of this folder, or starts one. `hear` gets its frames, `gone` is called at its end.
   * A launcher that is just leaving, after a time without server and run, may close at once: then another one is started.
   */
  static async open(place: LauncherPlace, hear: (fields: FrameFields) => void, gone: () => void): Promise<LauncherConnection> {
    const connection = (await LauncherConnection.greet(place, hear, gone)) ?? (await LauncherConnection.greet(place, hear, gone));
    if (!connection) throw new Error('the launcher closed its connection');
    return connection;
  }

  private static async greet(
    place: LauncherPlace,
    hear: (fields: FrameFields) => void,
    gone: () => void,
  ): Promise<LauncherConnection | null> {
    const socket = await reach(place);
    const splitter = new FrameSplitter();
    socket.on('error', () => {});
    const greeting = await new Promise<Greeting | null>((resolve) => {
      let greeted = false;
      socket.on('data', (chunk) => {
        for (const fields of splitter.push(chunk)) {
          if (greeted) hear(fields);
          else resolve(readGreeting(fields));
          greeted = true;
        }
      });
      socket.once('close', () => {
        resolve(null);
        if (greeted) gone();
      });
      socket.write(encodeLaunchFrame(['hello', protocolVersion]));
    });
    return greeting && new LauncherConnection(socket, greeting);
  }

  send(frame: Buffer): void {
    this.socket.write(frame);
  }

  close(): void {
    this.socket.end();
  }
}

function readGreeting(fields: FrameFields): Greeting {
  fields.text();
  fields.text();
  const greeting = { pid: fields.number(), runIds: new Set<string>() };
  while (fields.left) greeting.runIds.add(fields.text());
  return greeting;
}

async function reach({ binary, runsRoot }: LauncherPlace): Promise<Socket> {
  const path = launcherSocket(runsRoot);
  const there = await connected(path);
  if (there) return there;
  const untilMs = performance.now() + startingMs;
  let complaint = startLauncher(binary, path, runsRoot);
  for (;;) {
    const socket = await connected(path);
    if (socket) return socket;
    // another one that was just leaving may have held the lock
    if (complaint.ended) complaint = startLauncher(binary, path, runsRoot);
    if (performance.now() > untilMs) throw new Error(`the launcher ${binary} does not answer on ${path}: ${complaint.said}`);
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

function connected(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(null));
  });
}

/** In a session of its own; it outlives this process. */
function startLauncher(binary: string, path: string, runsRoot: string): { ended: boolean; said: string } {
  const state = { ended: false, said: '' };
  const child = spawn(binary, [path, runsRoot], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore'],
    env: {},
    cwd: '/',
    argv0: 'procreg-launcher',
  });
  child.once('error', (error) => Object.assign(state, { ended: true, said: error.message }));
  child.once('exit', (code) => Object.assign(state, { ended: true, said: `it ended with ${code}` }));
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
