// How many definitions one answer holds in memory: with their files a thousand of them may have gigabytes.
import { CodedError } from '../model/coded-error.js';

/** The bound for all definitions of one answer together, in characters. */
const heldBound = 32 * 2 ** 20;
/** How many are read at once. */
const batch = 10;

interface Held {
  definition: string;
}

/** Counts the definitions of one answer. */
export class HeldDefinitions {
  private size = 0;

  get areMany(): boolean {
    return this.size > heldBound;
  }

  add({ definition }: Held): void {
    this.size += definition.length;
  }
}

/** For an answer that cannot have fewer than what was named. */
export function tooManyNamed(): CodedError {
  return new CodedError('invalid_request', `the definitions have more than ${heldBound} characters together; name fewer`);
}

/** Reads up to `total` rows in batches, and no further once there are too many; then `isCut`. */
export async function readHeld<Row extends Held>(
  total: number,
  read: (from: number, count: number) => Promise<Row[]>,
): Promise<{ rows: Row[]; isCut: boolean }> {
  const held = new HeldDefinitions();
  const rows: Row[] = [];
  for (let from = 0; from < total; from += batch) {
    if (held.areMany) return { rows, isCut: true };
    const found = await read(from, Math.min(batch, total - from));
    for (const row of found) held.add(row);
    rows.push(...found);
  }
  return { rows, isCut: false };
}
