// Removes what an earlier apply of a group has created and its files no longer hold; nothing else.
import { isMarked } from '../../definitions/group-mark.js';
import { listStored, ownStored, type Stored } from '../../definitions/stored-definition.js';
import { removeDefinition } from '../../definitions/write-definition.js';
import type { Session } from '../../session.js';
import { confirm } from '../../terminal/ask.js';
import { printLine, tell } from '../../terminal/table.js';

/** The caller's own definitions with this mark whose names are not in `kept`. */
export async function obsoleteOf(session: Session, tag: string, kept: Set<string>): Promise<Stored[]> {
  const listed = await listStored(session.connection, { tags: tag, owner: await session.username() });
  const obsolete: Stored[] = [];
  for (const { id, definition } of listed) {
    if (!isMarked(definition, tag) || definition.name === undefined || kept.has(definition.name)) continue;
    // an older server does not filter by the owner; and what is removed must still be what was seen
    const own = await ownStored(session, definition.name);
    if (own?.id === id && isMarked(own.definition, tag)) obsolete.push(own);
  }
  return obsolete;
}

interface PruneOptions {
  group?: string;
  dryRun?: boolean;
  yes?: boolean;
}

/** Throws a Failure when the answer is no; then nothing of the apply is done. */
export async function confirmPrune({ server }: Session, obsolete: Stored[], { group, dryRun, yes = false }: PruneOptions): Promise<void> {
  if (dryRun) return;
  tell(`Of the group ${group} on ${server.label}, the files no longer hold:`);
  for (const stored of obsolete) tell(`  ${stored.definition.name}`);
  await confirm(`Remove ${obsolete.length === 1 ? 'it' : `these ${obsolete.length}`} from ${server.label}?`, yes);
}

export async function prune({ connection, server }: Session, obsolete: Stored[], { dryRun }: PruneOptions): Promise<void> {
  for (const stored of obsolete) {
    if (!dryRun) await removeDefinition(connection, stored);
    printLine(`removed ${stored.definition.name} from ${server.label}${dryRun ? ' (dry run)' : ''}`);
  }
}
