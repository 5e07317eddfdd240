// V8's flags for a server whose requests leave little behind: without them a seventh of its time goes into collections, and a tenth of all
// that is allocated ends in the old generation (measured under load, docs/benchmarks.md).
import { setFlagsFromString } from 'node:v8';

/**
 * V8 would allocate the objects of each request in the old generation permanently, once many of them outlived a collection in a burst; all
 * that such an object refers to then survives as well.
 */
const keepRequestsYoung = '--no-allocation-site-pretenuring';

/** Little of a request survives a collection: helper threads would wait longer for a core, which the programs take, than they could help. */
const collectAlone = '--no-parallel-scavenge';

export function setV8Flags(): void {
  for (const flag of [keepRequestsYoung, collectAlone]) setFlagsFromString(flag);
}
