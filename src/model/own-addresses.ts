// Where this server listens: its programs may not have these ports, and some of what it says leads there.

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

  /** Where a program of this machine reaches the server. Throws an Error until it listens. */
  get local(): ListeningAddress {
    const [first] = this.list;
    if (!first) throw new Error('the server does not listen yet');
    return everywhere.includes(first.address) ? { ...first, address: '127.0.0.1' } : first;
  }

  /** Without a path. */
  get url(): string {
    const { address, port } = this.local;
    return `${this.encrypted ? 'https' : 'http'}://${address.includes(':') ? `[${address}]` : address}:${port}`;
  }
}
