// The sockets on which the server takes connections: those that a launcher has kept, those of a service manager, or new ones.
import { lookup } from 'node:dns/promises';
import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, isIP, type ListenOptions, type Server, type Socket } from 'node:net';
import { CompactingMap } from '../model/compacting-map.js';
import type { ListeningAddress } from '../model/own-addresses.js';
import { isLoopback } from './loopback.js';
import { isUpgraded } from './upgrade.js';

/** How often a port is looked for that must be free for two addresses. */
const portTries = 20;
/** The errors of a machine without IPv6. */
const withoutIpv6 = ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EPROTONOSUPPORT'];
/** The first descriptor of socket activation, sd_listen_fds(3). */
const firstActivated = 3;

/** The process that keeps the sockets next to the server, even after its end. */
export interface Keeping {
  /** Takes over the sockets that an earlier server has left: `found` is called with each. */
  take(found: (listener: Server) => void): Promise<void>;
  /** Resolves when no socket is kept any more. */
  drop(): Promise<void>;
  /** Keeps these sockets from now on. */
  keep(listeners: Server[]): Promise<void>;
}

export interface Wanted {
  /** A name or an address. */
  host: string;
  /** 0: any. */
  port: number;
}

export class Listening {
  private readonly listeners: Server[] = [];
  /** True when new connections wait for the next server, because another process holds the sockets as well. */
  isKept: boolean;
  private accepted = 0;
  private readonly connections = new CompactingMap<Socket>();
  private readonly watched = new WeakSet<Socket>();
  private connected = 0;

  /** `most`: the limit of connections; idle ones are closed to admit new ones. */
  constructor(
    private readonly http: HttpServer,
    private readonly keepers: Keeping | null,
    private readonly most: number,
  ) {
    this.isKept = keepers !== null;
    this.waitFor(http);
  }

  /** The end of this server also waits for the connections of `server`. */
  waitFor(server: HttpServer): void {
    server.on('setSecureContext' in server ? 'secureConnection' : 'connection', (socket: Socket) => this.watch(socket));
  }

  get addresses(): ListeningAddress[] {
    return this.listeners.map((listener) => listener.address() as AddressInfo).map(({ address, port }) => ({ address, port }));
  }

  /** Not counted are connections that a WebSocket has taken over: its handler closes them. */
  get openConnections(): number {
    return this.connections.values().filter((socket) => !isUpgraded(socket)).length;
  }

  /** Throws the error of the system when an address is not free. */
  async open(wanted: Wanted): Promise<void> {
    // the HTTP server has no socket itself: this event starts its check of timeouts
    this.http.emit('listening');
    const activated = activatedDescriptors(process.env, process.pid);
    for (const fd of activated) this.listeners.push(await this.listen({ fd }));
    if (activated.length === 0) await this.openWanted(wanted);
    else this.isKept = true;
  }

  /** Takes no new connections; the open ones continue. */
  stopAccepting(): void {
    for (const listener of this.listeners.splice(0)) listener.close();
  }

  /** Ends the open connections; data that arrives is still read for a while, so that a response under way is not lost. */
  async endConnections(readingMs: number): Promise<void> {
    const open = this.connections.values();
    const closed = open.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
    for (const socket of open) socket.end().resume();
    const timer = setTimeout(() => {
      for (const socket of open) socket.destroy();
    }, readingMs);
    await Promise.all(closed);
    clearTimeout(timer);
  }

  private async openWanted({ host, port }: Wanted): Promise<void> {
    const hosts = await addressesOf(host);
    const taken: Promise<Server>[] = [];
    await this.keepers?.take((kept) => taken.push(this.listen(kept)));
    this.listeners.push(...(await Promise.all(taken)));
    if (!fits(this.addresses, hosts, port)) {
      this.stopAccepting();
      await this.keepers?.drop();
      this.listeners.push(...(await this.bind(hosts, port)));
    }
    await this.keepers?.keep(this.listeners);
  }

  /** An additional address is left out where the machine has no IPv6. */
  private async bind(hosts: string[], wantedPort: number): Promise<Server[]> {
    for (let tries = 1; ; tries++) {
      const bound: Server[] = [];
      try {
        const port = wantedPort || (await freePort(hosts[0]));
        for (const host of hosts) {
          const listener = await this.listen({ host, port, ipv6Only: hosts.length > 1 }).catch((error: NodeJS.ErrnoException) => {
            if (bound.length > 0 && withoutIpv6.includes(error.code ?? '')) return null;
            throw error;
          });
          if (listener) bound.push(listener);
        }
        return bound;
      } catch (error) {
        for (const listener of bound) listener.close();
        const mayBeFreeElsewhere = wantedPort === 0 && (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
        if (!mayBeFreeElsewhere || tries === portTries) throw error;
      }
    }
  }

  private listen(where: ListenOptions | { fd: number } | Server): Promise<Server> {
    const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.accept(socket));
    return new Promise((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(where as ListenOptions, () => resolve(listener.off('error', reject)));
    });
  }

  private accept(socket: Socket): void {
    if (this.accepted >= this.most) {
      socket.destroy();
      this.http.closeIdleConnections();
      return;
    }
    this.accepted++;
    socket.once('close', () => this.accepted--);
    this.http.emit('connection', socket);
  }

  /** A connection whose request is read again comes here more than once. */
  private watch(socket: Socket): void {
    if (this.watched.has(socket)) return;
    this.watched.add(socket);
    const key = `connection ${++this.connected}`;
    this.connections.set(key, socket);
    socket.once('close', () => this.connections.delete(key));
  }
}

/** Finds a port to be bound by its number: Linux releases a port that it has chosen itself as soon as the socket stops listening. */
function freePort(host: string): Promise<number> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once('error', reject).listen(0, host, () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** Loopback means IPv4 and IPv6, and so does every address, so that a client that uses IPv6 does not reach another server. */
async function addressesOf(host: string): Promise<string[]> {
  if (host === 'localhost') return addressesOf('127.0.0.1');
  const address = isIP(host) ? host : (await lookup(host)).address;
  if (address === '127.0.0.1' || address === '::1') return ['127.0.0.1', '::1'];
  return address === '0.0.0.0' ? ['0.0.0.0', '::'] : [address];
}

/** Whether the kept sockets have the wanted addresses. */
function fits(kept: ListeningAddress[], hosts: string[], wantedPort: number): boolean {
  const { port } = kept[0] ?? {};
  const isWanted = (one: ListeningAddress) => hosts.includes(one.address) && one.port === (wantedPort || port);
  return kept.length > 0 && kept.every(isWanted) && kept.some(({ address }) => address === hosts[0]);
}

/** The descriptors of the sockets of a service manager (sd_listen_fds(3)); none unless they are for this process. */
function activatedDescriptors({ LISTEN_PID, LISTEN_FDS }: NodeJS.ProcessEnv, pid: number): number[] {
  if (LISTEN_PID !== String(pid)) return [];
  return Array.from({ length: Number(LISTEN_FDS) || 0 }, (_one, index) => firstActivated + index);
}

/** Whether only this machine can reach the addresses. */
export function isLocalOnly(addresses: ListeningAddress[]): boolean {
  return addresses.every(({ address }) => isLoopback(address));
}
