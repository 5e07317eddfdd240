// Users of this machine as /etc/passwd and /etc/group tell them: what login and initgroups would give a process.
import { readFileSync } from 'node:fs';

export interface SystemUser {
  name: string;
  uid: number;
  gid: number;
  home: string;
  /** All groups, the user's own among them. */
  groups: number[];
}

/** Undefined when the machine has no such user. Throws errors of the system. */
export function systemUser(name: string): SystemUser | undefined {
  const [, , uid, gid, , home] = rowsOf('/etc/passwd').find(([entry]) => entry === name) ?? [];
  if (!isId(uid) || !isId(gid)) return undefined;
  const others = rowsOf('/etc/group').filter(([, , id, members]) => isId(id) && members?.split(',').includes(name));
  const groups = new Set([Number(gid), ...others.map(([, , id]) => Number(id))]);
  return { name, uid: Number(uid), gid: Number(gid), home: home || '/', groups: [...groups] };
}

function rowsOf(file: string): string[][] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
}

const largestId = 2 ** 32 - 2;

/** An empty field would count as 0, which is root, and so would a number that is cut to 32 bits. */
function isId(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,10}$/.test(text) && Number(text) <= largestId;
}
