// This server as pRouter tells it: an agent of its own, and what the settings say of it in the network of others.
import { createHash } from 'node:crypto';
import { arch, hostname, machine, release, type, version } from 'node:os';

/** The name under which this server is asked for: `{"type": "uid", "uid": "local"}`. */
export const localUid = 'local';

export const identity = { uid: localUid, name: hostname() };

export const platform = { system: type(), node: hostname(), release: release(), version: version(), machine: machine(), processor: arch() };

/** The same after every start: it stands in the paths of jobs. */
export const connectionId = createHash('md5').update(localUid).digest('hex');

/** What the settings say of this server as an agent and as a router. */
export class AgentNetwork {
  /** Where is kept which jobs end with their connection. */
  readonly folder: string;
  readonly uid: string;
  readonly properties: Record<string, string>;
  readonly tokens: string[];
  /** The router to which this server offers itself. */
  readonly router?: { url: string; token: string; username: string };

  constructor(what: AgentNetwork) {
    Object.assign(this, what);
  }
}

/** The ways in which pRouter's clients choose an agent. */
export type AgentChoice =
  | { type: 'uid'; uid: string }
  | { type: 'select'; uids: string[] }
  | { type: 'address'; address: string; token: string };
