// Which processes listen on a TCP port of this machine, as /proc/net says, and whether they belong to a given run.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { RunContext } from '../run/run-context.js';
import { openTargets, processesOf } from './process-tree.js';

interface Listener {
  /** The address to connect to. */
  address: string;
  uid: number;
  inode: string;
}

const listening = '0A';
/** A listener on one of these addresses is in the way of a program that wants the port for this machine. */
const nearby = ['0.0.0.0', '::', '127.0.0.1', '::1'];

/** The listeners for this machine itself: other addresses do not matter. */
export function listenersOn(port: number): Listener[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return ['tcp', 'tcp6']
    .flatMap((table) => rowsOf(table))
    .flatMap((row) => {
      const [, local, , state, , , , uid, , inode] = row;
      const [address, localPort] = local?.split(':') ?? [];
      if (localPort !== wanted || state !== listening) return [];
      return [{ address: readAddress(address), uid: Number(uid), inode }];
    });
}

function rowsOf(table: string): string[][] {
  try {
    const [, ...lines] = readFileSync(`/proc/net/${table}`, 'latin1').split('\n');
    return lines.map((line) => line.trim().split(/\s+/));
  } catch {
    // no IPv6 here
    return [];
  }
}

/** Reads an address of words of four bytes, each in the byte order of the machine. */
function readAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse().map((two) => Number.parseInt(two, 16)));
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255) return bytes.slice(12).join('.');
  const words = Array.from({ length: 8 }, (_none, index) => ((bytes[2 * index] << 8) | bytes[2 * index + 1]).toString(16));
  const text = words.join(':');
  if (text === '0:0:0:0:0:0:0:0') return '::';
  return text === '0:0:0:0:0:0:0:1' ? '::1' : text;
}

export function inTheWay(port: number): Listener | undefined {
  return listenersOn(port).find(({ address }) => nearby.includes(address));
}

/** The listener that belongs to the run; null: there is none; `foreign`: listeners of other programs are in the way. */
export function ownAmong(found: Listener[], pid: number, { directory }: Pick<RunContext, 'directory'>): Listener | 'foreign' | null {
  if (found.length === 0) return null;
  const targets = openTargets(processesOf(pid));
  const uid = directory.user?.uid ?? process.getuid?.();
  // where no descriptors may be looked at, the user id must do
  const own = found.find((one) => one.uid === uid && (targets === null || targets.has(`socket:[${one.inode}]`)));
  if (own) return own;
  return found.some(({ address }) => nearby.includes(address)) ? 'foreign' : null;
}

/** Where the run itself listens on `port`: the addresses to connect to; null: nobody listens yet; `foreign`: another program listens. */
export function ownListener(port: number, pid: number, context: Pick<RunContext, 'directory'>): string[] | 'foreign' | null {
  const found = listenersOn(port);
  const own = ownAmong(found, pid, context);
  return own && own !== 'foreign' ? addressesOf(own, found) : own;
}

export function addressesOf({ address }: Listener, found: Listener[]): string[] {
  if (address === '0.0.0.0') return ['127.0.0.1'];
  // the listener may take IPv4, too, or IPv4 only where there is no IPv6
  if (address === '::') return found.length === 1 ? ['::1', '127.0.0.1'] : ['::1'];
  return [address];
}

/** Ports that were given out recently, so that no two runs get the same port before they listen on it. */
const given = new Set<number>();
const givenBound = 1000;

/** A port of this machine on which nobody listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await unusedPort();
    if (given.has(port)) continue;
    given.add(port);
    if (given.size > givenBound) given.delete(given.values().next().value as number);
    return port;
  }
}

function unusedPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
