// What has been filled in and not thrown away, as long as the page is open: "back" and "edit" show it again, files included.
import { onSession } from '../../api/session.js';
import type { Filled } from '../../parts/form/filled.js';

const most = 1000;
/** By definition and address; the last ones are the newest. */
const byAddress = new Map<string, { definition: number; filled: Filled }>();
/** By the runs that were started with it. */
const byRun = new Map<string, { filled: Filled; file?: string }>();

// nothing of one user is shown to the next one
onSession(() => {
  byAddress.clear();
  byRun.clear();
});

/** An address that fills nothing in shows what was filled in last. */
export function draftOf(definition: number, address: string): Filled | undefined {
  const same = byAddress.get(`${definition} ${address}`);
  if (same || address !== '') return same?.filled;
  return [...byAddress.values()].findLast((draft) => draft.definition === definition)?.filled;
}

export function keepDraft(definition: number, address: string, filled: Filled): void {
  const key = `${definition} ${address}`;
  byAddress.delete(key);
  byAddress.set(key, { definition, filled });
  if (byAddress.size > most) byAddress.delete(byAddress.keys().next().value as string);
}

export function forgetDrafts(definition: number): void {
  for (const [key, draft] of byAddress) if (draft.definition === definition) byAddress.delete(key);
}

export function draftOfRun(run: string): Filled | undefined {
  return byRun.get(run)?.filled;
}

/** Of several files the one that this run got. */
export function fileOfRun(run: string): string | undefined {
  return byRun.get(run)?.file;
}

export function keepDraftOfRun(run: string, filled: Filled, file?: string): void {
  byRun.set(run, { filled, file });
  if (byRun.size > most) byRun.delete(byRun.keys().next().value as string);
}
