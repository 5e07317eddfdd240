// Where jobs run, as pRouter tells it: this server is its own and only agent.
import { createHash } from 'node:crypto';
import { arch, hostname, machine, release, type, version } from 'node:os';
import { CodedError } from '../../protocol/coded-error.js';

/** The name under which it is asked for: `{"type": "uid", "uid": "local"}`. */
const localUid = 'local';

export const identity = { uid: localUid, name: hostname() };

export const platform = { system: type(), node: hostname(), release: release(), version: version(), machine: machine(), processor: arch() };

/** The same after every start: it stands in the paths of jobs. */
export const connectionId = createHash('md5').update(localUid).digest('hex');

export const connections = [{ uid: connectionId, mode: 'SERVER', peer: { auth: identity, platform, properties: {} } }];

/** The ways in which pRouter's clients choose an agent; `uids` is a choice among several. */
export interface AgentChoice {
  type: 'uid' | 'address' | 'select';
  uid?: string;
  uids?: string[];
}

/** Throws not_found for every agent but this server. */
export function checkAgent({ type: how, uid, uids }: AgentChoice): void {
  if (how === 'address') throw new CodedError('not_found', `agents at an address are not reached from here; choose the uid '${localUid}'`);
  const wanted = how === 'select' ? (uids ?? []) : [uid];
  if (!wanted.includes(localUid))
    throw new CodedError('not_found', `no connected agent with uid '${wanted.join("', '")}'; there is '${localUid}'`);
}
