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
 * NAME, OWNER/NAME, or either followed by the name of a file, which `curl -T` adds behind a last slash. Two parts can be both OWNER/NAME and NAME/FILE: what
 * exists decides. Throws not_found, and ambiguous_name where both exist.
 */
export async function findCalled(
  references: DefinitionReferences,
  caller: Principal,
  { ref, second, file }: Record<string, string | undefined>,
): Promise<Called> {
  if (ref === undefined || second === undefined) return { row: await references.find(caller, ref ?? '') };
  const full = `${ref}:${second}`;
  if (file !== undefined) return { row: await references.find(caller, full), fileName: file };
  const found = async (text: string) => references.find(caller, text).catch(nothingFound);
  const [owned, named] = [await found(full), await found(ref)];
  if (owned && named)
    throw new CodedError(
      'ambiguous_name',
      `'${ref}/${second}' can be the definition ${full} or a file for ${ref}; use /call/${full} or /call/${ref}`,
    );
  if (owned) return { row: owned };
  if (named) return { row: named, fileName: second };
  throw new CodedError('not_found', `there is no definition '${second}' of '${ref}', and no definition '${ref}'`);
}

function nothingFound(error: unknown): undefined {
  if (error instanceof CodedError && error.code === 'not_found') return undefined;
  throw error;
}
