// This server as pRouter describes it: an agent itself, with what the settings say about it as a part of a network.
import { createHash } from 'node:crypto';
import { arch, hostname, machine, release, type, version } from 'node:os';

/** The uid by which callers choose this server: `{"type": "uid", "uid": "local"}`. */
export const localUid = 'local';

export const identity = { uid: localUid, name: hostname() };

export const platform = { system: type(), node: hostname(), release: release(), version: version(), machine: machine(), processor: arch() };

/** The connection id of this server: the same after every start, since it is part of the paths of jobs. */
export const connectionId = createHash('md5').update(localUid).digest('hex');

/** The settings of this server as an agent and as a router. */
export class AgentNetwork {
  /** The folder that records which jobs end with their connection. */
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
