// The ETag of a file of a run.
import type { BigIntStats } from 'node:fs';

/** Different after every change: the ctime is the one time that no program can set. */
export function fileEtag({ ino, size, ctimeNs }: BigIntStats): string {
  return `"${[ino, size, ctimeNs].map((part) => part.toString(36)).join('-')}"`;
}
