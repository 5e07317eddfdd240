// Decides which definition an address below /call/ means.
import type { DefinitionReferences } from '../../definitions/definition-references.js';
import type { DefinitionRow } from '../../definitions/definition-rows.js';
import { CodedError } from '../../model/coded-error.js';
import type { Principal } from '../../model/roles.js';

/** The definition, and the name of the file that the message was, if the address says it. */
export interface Called {
  row: DefinitionRow;
  fileName?: string;
}

/**
 * NAME, OWNER/NAME, or either followed by the name of a file, which `curl -T` adds behind a last slash. Two parts can be both OWNER/NAME and NAME/FILE. No other
 * user can change what an address means that leads to a definition of the caller, or that begins with the name of a user. Throws not_found.
 */
export async function findCalled(
  references: DefinitionReferences,
  caller: Principal,
  { ref, second, file }: Record<string, string | undefined>,
): Promise<Called> {
  if (ref === undefined || second === undefined) return { row: await references.find(caller, ref ?? '') };
  const full = `${ref}:${second}`;
  if (file !== undefined) return { row: await references.find(caller, full), fileName: file };
  const owned = await references.find(caller, full).catch(nothingFound);
  if (owned?.ownerId === caller.userId) return { row: owned };
  const own = await references.findOwn(caller, ref);
  if (own) return { row: own, fileName: second };
  if (owned) return { row: owned };
  const absence = `there is no definition '${second}' of '${ref}'`;
  if (await references.isUser(ref)) throw new CodedError('not_found', absence);
  if (!second.includes('.')) throw new CodedError('not_found', `${absence}, nor is '${second}' the name of a file with an extension`);
  return { row: await references.find(caller, ref), fileName: second };
}

function nothingFound(error: unknown): undefined {
  if (error instanceof CodedError && error.code === 'not_found') return undefined;
  throw error;
}
