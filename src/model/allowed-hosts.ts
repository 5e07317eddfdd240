// Decides where the server may connect for a caller (callbacks, wsconnect of pRouter): listed host names, addresses and ranges; the address of a name is checked when connecting.
import { lookup as resolveName } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Ranges that are not part of the internet: names may not lead there, unless the address itself is listed. */
const inner: [string, number][] = [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
  ] as [string, number][]),
  ...([
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['224.0.0.0', 3],
  ] as [string, number][]),
  ...([
    ['::', 127],
    ['64:ff9b::', 96],
    ['100::', 64],
    ['2001:db8::', 32],
    ['2002::', 16],
    ['fc00::', 7],
    ['fe80::', 10],
    ['ff00::', 8],
  ] as [string, number][]),
];

type Family = 'ipv4' | 'ipv6';
const familyOf = (address: string): Family => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

export class AllowedHosts {
  private readonly names = new Set<string>();
  private readonly listed = new BlockList();
  private readonly inner = new BlockList();

  /** Throws an Error for an entry that is neither a name nor an address. */
  constructor(entries: string[]) {
    for (const [address, bits] of inner) this.inner.addSubnet(address, bits, familyOf(address));
    for (const entry of entries) this.add(entry.toLowerCase());
  }

  private add(entry: string): void {
    const [address, bits] = entry.split('/');
    if (isIP(address) && bits === undefined) this.listed.addAddress(address, familyOf(address));
    else if (isIP(address)) this.listed.addSubnet(address, Number(bits), familyOf(address));
    else if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(entry)) this.names.add(entry);
    else throw new Error(`CALLBACK_HOSTS: '${entry}' is not a host name, an address or a range of addresses`);
  }

  /** Checks a URL before a run is accepted; undefined when nothing is wrong. */
  fault(text: string): string | undefined {
    if (!URL.canParse(text)) return 'is not a URL';
    const { protocol, hostname, username, password } = new URL(text);
    if (protocol !== 'https:' && protocol !== 'http:') return 'is neither https nor http';
    if (username || password) return 'has credentials in it';
    const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
    const allowed = isIP(host) ? this.listed.check(host, familyOf(host)) : this.names.has(host);
    return allowed ? undefined : `leads to ${host}, which CALLBACK_HOSTS does not list`;
  }

  /** For a connection to an allowed name: every address that the name has now must be allowed as well. */
  readonly lookup: LookupFunction = (name, options, done) => {
    resolveName(name, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '', 0);
      const wrong = addresses.find(({ address }) => !this.mayConnect(address));
      if (wrong) return done(new Error(`${name} leads to ${wrong.address}, which CALLBACK_HOSTS does not list`), '', 0);
      if (options.all) return done(null, addresses);
      return done(null, addresses[0].address, addresses[0].family);
    });
  };

  private mayConnect(address: string): boolean {
    const family = familyOf(address);
    return this.listed.check(address, family) || !this.inner.check(address, family);
  }
}
