// The addresses on which this server listens: its programs may not get these ports, and links in responses lead there.

export interface ListeningAddress {
  address: string;
  port: number;
}

const everywhere = ['0.0.0.0', '::'];

export class OwnAddresses {
  /** Empty until it listens. The one that HOST names comes first. */
  list: ListeningAddress[] = [];
  encrypted = false;

  hasPort(port: number): boolean {
    return this.list.some((one) => one.port === port);
  }

  /** The address at which a program on this machine reaches the server. Throws an Error until the server listens. */
  get local(): ListeningAddress {
    const [first] = this.list;
    if (!first) throw new Error('the server does not listen yet');
    return everywhere.includes(first.address) ? { ...first, address: '127.0.0.1' } : first;
  }

  /** The URL of the server without a path. */
  get url(): string {
    const { address, port } = this.local;
    return `${this.encrypted ? 'https' : 'http'}://${address.includes(':') ? `[${address}]` : address}:${port}`;
  }
}
