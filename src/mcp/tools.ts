// The tools of a caller: definitions that say so, its own and the shared ones, under names that are good for the protocol.
import { Injectable } from '@nestjs/common';
import { Users } from '../accounts/users.js';
import type { DefinitionRow } from '../definitions/definition-rows.js';
import { Definitions } from '../definitions/definitions.js';
import { parsedDefinition } from '../definitions/parsed-definition.js';
import { isService, isTool, type ProcessDefinition } from '../model/definition.js';
import type { Principal } from '../model/roles.js';

export interface Tool {
  name: string;
  row: DefinitionRow;
  content: ProcessDefinition;
}

/** The tools of the server itself. */
export const ownTools = { search: 'search_tools', run: 'run_tool', upload: 'request_upload' } as const;

const reserved: string[] = Object.values(ownTools);
/** The longest name that the protocol allows. */
const longestName = 128;

@Injectable()
export class Tools {
  constructor(
    private readonly definitions: Definitions,
    private readonly users: Users,
  ) {}

  /** By their names. `tag`: only those with this tag. */
  async of(caller: Principal, tag?: string): Promise<Map<string, Tool>> {
    const rows = await this.definitions.rows.tools(caller);
    const found = rows
      .map((row) => ({ row, content: parsedDefinition(row) }))
      .filter(({ content }) => isTool(content) && !isService(content));
    const owners = await this.users.names([...new Set(found.flatMap(({ row }) => (isNamedByOwner(caller, row) ? [row.ownerId] : [])))]);
    const tools = new Map<string, Tool>();
    for (const { row, content } of found) {
      const wanted = toolName(row, isNamedByOwner(caller, row) ? (owners.get(row.ownerId) ?? 'nobody') : null);
      const name = tools.has(wanted) ? cut(wanted, `-${row.id}`) : wanted;
      const tool = { name, row, content };
      if (isAllowed(caller, tool) && (tag === undefined || content.tags?.includes(tag))) tools.set(name, tool);
    }
    return tools;
  }

  /** Whether the caller may have what a run of this definition has left: a token for some tools has no business with others. */
  async covers(caller: Principal, definitionId: number | null): Promise<boolean> {
    if (!caller.tools) return true;
    return [...(await this.of(caller)).values()].some(({ row }) => row.id === Number(definitionId));
  }
}

/** A tool of the caller that has the name of one of the server is known by its owner as well. */
function isNamedByOwner({ userId }: Principal, { ownerId, name }: DefinitionRow): boolean {
  return ownerId !== userId || reserved.includes(name ?? '');
}

function toolName({ id, name }: DefinitionRow, owner: string | null): string {
  const own = name ?? `definition_${id}`;
  const full = owner === null ? own : `${owner}--${own}`;
  const plain = full.replace(/[^A-Za-z0-9_.-]/gu, (character) => `_${character.codePointAt(0)?.toString(16)}`);
  return plain.length > longestName ? cut(plain, `-${id}`) : plain;
}

function cut(name: string, ending: string): string {
  return name.slice(0, longestName - ending.length) + ending;
}

function isAllowed({ tools }: Principal, { name, content }: Tool): boolean {
  return tools === undefined || tools.includes(name) || (content.tags ?? []).some((tag) => tools.includes(tag));
}
