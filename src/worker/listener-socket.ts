// The listener socket of a launcher (native/launcher/listeners.c): passes the server's listening sockets to the launcher and back. The messages never
// change, since a launcher with a continuing run may be older than the server, or newer.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { socketPath } from '../model/socket-path.js';

/**
 * take: send the sockets. give: the sent sockets replace all others. serve: the server is here, and after its end clients wait for this number
 * of ms; the answer is the number of sockets. mind: a process that counts as a run.
 */
const letters = { take: 'T', give: 'G', serve: 'S', mind: 'P' } as const;

const messageBytes = 16;

/** 16 bytes: a mark with the version, a letter, a number of 11 digits. */
export function listenerMessage(what: keyof typeof letters, number = 0): string {
  return `PRL1${letters[what]}${String(Math.min(number, 99_999_999_999)).padStart(11, '0')}`;
}

/** The number of the first message that comes; 0 when no message comes. */
export function listenerNumber(line: Socket): Promise<number> {
  return new Promise((resolve) => {
    const closed = () => resolve(0);
    line.once('close', closed).once('data', (bytes) => {
      // a line is asked again and again
      line.off('close', closed);
      resolve(Number(bytes.toString('latin1', 5, messageBytes)));
    });
  });
}

/** The name of a launcher's listener socket in the folder of its runs. */
export function listenerSocketOf(launcherPid: number): string {
  return `${launcherPid}-listen.sock`;
}

/** The listener sockets of all launchers with this folder of runs, whatever their version, killed launchers included. */
export function listenerSocketsIn(runsRoot: string): string[] {
  return existsSync(runsRoot) ? readdirSync(runsRoot).filter((name) => /^\d+-listen\.sock$/.test(name)) : [];
}

/** Connects to a listener socket. Null, and the socket is removed, when no launcher listens on it. */
export async function connectListenerSocket(runsRoot: string, socketName: string): Promise<Socket | null> {
  const { path, release } = socketPath(runsRoot, socketName);
  const socket = connect(path);
  try {
    return await new Promise((resolve) => {
      const refuse = ({ code }: NodeJS.ErrnoException) => {
        if (code === 'ECONNREFUSED') rmSync(join(runsRoot, socketName), { force: true });
        resolve(null);
      };
      socket.once('error', refuse).once('connect', () => resolve(socket.off('error', refuse)));
    });
  } finally {
    release();
  }
}

/** Where a helper finds a listener socket. */
export interface ListenerSocketPlace {
  /** The compiled native/listen: Node can neither take a descriptor from a plain socket nor give one. */
  helper: string;
  runsRoot: string;
}

/** Takes the listeners from a launcher. Calls `found` with each before any connection is accepted. */
export async function takeListeners(place: ListenerSocketPlace, socketName: string, found: (listener: Server) => void): Promise<void> {
  const { child, ended } = startHelper(place, ['take', socketName]);
  child.on('message', (_message, listener) => found(listener as Server));
  await ended;
}

/** Gives the launcher these listeners in place of all others. */
export async function giveListeners(place: ListenerSocketPlace, socketName: string, listeners: Server[]): Promise<void> {
  const { child, ended } = startHelper(place, ['give', socketName, String(listeners.length)]);
  // a listener that cannot be sent shows in how the helper ends
  for (const listener of listeners) child.send('listener', listener, () => {});
  await ended;
}

/** Starts the helper in the folder of the socket, since the full path may be too long for a socket. */
function startHelper({ helper, runsRoot: cwd }: ListenerSocketPlace, args: string[]) {
  const child = spawn(helper, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: {}, cwd });
  let said = '';
  child.stderr?.on('data', (chunk) => (said += chunk));
  const ended = Promise.all([
    // by then everything that the helper sent before has arrived
    new Promise<void>((resolve) => child.once('disconnect', resolve)),
    new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        if (code === 0) resolve();
        else reject(new Error(`${helper}: ${said.trim() || (code ?? signal)}`));
      });
    }),
  ]);
  return { child, ended };
}

/** The DATA_DIR whose launcher keeps this port, among the launchers of this machine that may be asked. A launcher whose folder is gone may keep it, too, and is the second choice. Undefined: there is none. */
export async function keeperOf(port: number, helper: string): Promise<{ dataDir: string } | undefined> {
  let gone: string | undefined;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const [name, , runsRoot] = commandLine(pid);
    if (name !== 'procreg-launcher' || !runsRoot) continue;
    if (!existsSync(join(runsRoot, listenerSocketOf(Number(pid))))) gone = runsRoot;
    const ports = await keptPorts({ helper, runsRoot }, listenerSocketOf(Number(pid))).catch((): number[] => []);
    if (ports.includes(port)) return { dataDir: dirname(runsRoot) };
  }
  return gone === undefined ? undefined : { dataDir: dirname(gone) };
}

function commandLine(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    // the process has ended meanwhile
    return [];
  }
}

function keptPorts({ helper, runsRoot: cwd }: ListenerSocketPlace, socketName: string): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(helper, ['ports', socketName], { stdio: ['ignore', 'pipe', 'ignore'], env: {}, cwd });
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    child.once('error', reject).once('close', () => resolve(said.split('\n').filter(Boolean).map(Number)));
  });
}
