// Whether the user ids for runs exist: a user namespace, such as that of a container without root, may have very few.
import { readFileSync } from 'node:fs';

interface IdRange {
  first: number;
  last: number;
}

/** The ranges of ids that exist here, in ascending order; `map` is the text of /proc/self/uid_map or gid_map. */
function mappedRanges(map: string): IdRange[] {
  const rows = map
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return rows.map(([first, , count]) => ({ first, last: first + count - 1 })).sort((one, other) => one.first - other.first);
}

/** Null when all of `wanted` (RUN_UIDS) exist as user and as group ids; otherwise what is missing and what to do, in one sentence. */
export function missingIds(wanted: IdRange, maps = [mapOf('uid'), mapOf('gid')]): string | null {
  const ranges = maps.map(mappedRanges);
  if (ranges.every((some) => some.some(({ first, last }) => first <= wanted.first && wanted.last <= last))) return null;
  const most = ranges
    .map(widest)
    .reduce((one, other) => ({ first: Math.max(one.first, other.first), last: Math.min(one.last, other.last) }));
  return `this user namespace does not have all of the ids ${said(wanted)} (RUN_UIDS): ${remedy(most)}`;
}

function remedy({ first, last }: IdRange): string {
  const own = "RUN_AS=root, so that programs run as the server's own user";
  // below 1000 are the machine's own users, and some ids at the end are nobody's
  const from = Math.ceil((Math.max(first, 1000) + last) / 2000) * 1000;
  if (from + 100 > last)
    return `it has ${first >= last ? `the id ${first} only` : `only ${said({ first, last })}`}. Set ${own}, or give it more ids (podman: --uidmap and --gidmap; unshare: --map-users and --map-groups)`;
  return `it has ${said({ first, last })}. Set RUN_UIDS to some of these that nothing else uses, such as ${from}-${Math.min(last, from + 9999)}, or ${own}`;
}

/** The range of most ids. */
function widest(ranges: IdRange[]): IdRange {
  return ranges.reduce((one, other) => (other.last - other.first > one.last - one.first ? other : one));
}

function said({ first, last }: IdRange): string {
  return `${first} to ${last}`;
}

/** A kernel without user namespaces has no such file, and all ids. */
function mapOf(kind: 'uid' | 'gid'): string {
  try {
    return readFileSync(`/proc/self/${kind}_map`, 'utf8');
  } catch {
    return '0 0 4294967295';
  }
}
