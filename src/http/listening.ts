// Where the server takes connections: the sockets that a launcher has kept, those of a service manager, or new ones.
import { lookup } from 'node:dns/promises';
import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, isIP, type ListenOptions, type Server, type Socket } from 'node:net';
import type { ListeningAddress } from '../model/own-addresses.js';
import { isLoopback } from './loopback.js';
import { isUpgraded } from './upgrade.js';

/** How often a port that is free for one address is looked for, where it must be free for the other one, too. */
const portTries = 20;
/** What a machine without IPv6 says. */
const withoutIpv6 = ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EPROTONOSUPPORT'];
/** The first descriptor of socket activation, sd_listen_fds(3). */
const firstActivated = 3;

/** Who keeps the sockets beside the server, over its end. */
export interface Keeping {
  /** What an earlier server has left: `found` is called with each. */
  take(found: (listener: Server) => void): Promise<void>;
  /** Resolves when none of it is kept any more. */
  drop(): Promise<void>;
  /** These, from now on. */
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
  /** New connections wait for the next server: somebody else has the sockets, too. */
  isKept: boolean;
  private accepted = 0;
  private readonly connections = new Set<Socket>();

  /** `most`: connections at once; those that only wait for a further request make room for the next ones. */
  constructor(
    private readonly http: HttpServer,
    private readonly keepers: Keeping | null,
    private readonly most: number,
  ) {
    this.isKept = keepers !== null;
    this.waitFor(http);
  }

  /** What is under way at this server, too, keeps the end of this one waiting. */
  waitFor(server: HttpServer): void {
    server.on('setSecureContext' in server ? 'secureConnection' : 'connection', (socket: Socket) => this.watch(socket));
  }

  get addresses(): ListeningAddress[] {
    return this.listeners.map((listener) => listener.address() as AddressInfo).map(({ address, port }) => ({ address, port }));
  }

  /** Without what was taken over by a WebSocket: that is told of the end by who has it. */
  get openConnections(): number {
    return [...this.connections].filter((socket) => !isUpgraded(socket)).length;
  }

  /** Throws what the system says of an address that is not free. */
  async open(wanted: Wanted): Promise<void> {
    // it has no socket of its own: from now on it looks after the time of what is under way
    this.http.emit('listening');
    const activated = activatedDescriptors(process.env, process.pid);
    for (const fd of activated) this.listeners.push(await this.listen({ fd }));
    if (activated.length === 0) await this.openWanted(wanted);
    else this.isKept = true;
  }

  /** Those that are open go on. */
  stopAccepting(): void {
    for (const listener of this.listeners.splice(0)) listener.close();
  }

  /** What is still open hears of its end; what arrives is read for a while, so that no answer under way is lost with it. */
  async endConnections(readingMs: number): Promise<void> {
    const open = [...this.connections];
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

  /** A further address is left out where the machine has no IPv6. */
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

  /** One whose request is read again comes more than once. */
  private watch(socket: Socket): void {
    if (this.connections.has(socket)) return;
    this.connections.add(socket);
    socket.once('close', () => this.connections.delete(socket));
  }
}

/** To be bound by its number: Linux gives back a port that it has chosen itself as soon as its socket listens no more. */
function freePort(host: string): Promise<number> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once('error', reject).listen(0, host, () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** Loopback is both, and so is every address: where IPv4 is meant, who comes by IPv6 must not meet another. */
async function addressesOf(host: string): Promise<string[]> {
  if (host === 'localhost') return addressesOf('127.0.0.1');
  const address = isIP(host) ? host : (await lookup(host)).address;
  if (address === '127.0.0.1' || address === '::1') return ['127.0.0.1', '::1'];
  return address === '0.0.0.0' ? ['0.0.0.0', '::'] : [address];
}

/** Whether what was kept is what is wanted now. */
function fits(kept: ListeningAddress[], hosts: string[], wantedPort: number): boolean {
  const { port } = kept[0] ?? {};
  const isWanted = (one: ListeningAddress) => hosts.includes(one.address) && one.port === (wantedPort || port);
  return kept.length > 0 && kept.every(isWanted) && kept.some(({ address }) => address === hosts[0]);
}

/** Of a service manager's sockets (sd_listen_fds(3)); none unless they are for this process. */
function activatedDescriptors({ LISTEN_PID, LISTEN_FDS }: NodeJS.ProcessEnv, pid: number): number[] {
  if (LISTEN_PID !== String(pid)) return [];
  return Array.from({ length: Number(LISTEN_FDS) || 0 }, (_one, index) => firstActivated + index);
}

/** Only this machine reaches it. */
export function isLocalOnly(addresses: ListeningAddress[]): boolean {
  return addresses.every(({ address }) => isLoopback(address));
}
