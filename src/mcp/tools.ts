// The tools of a caller: definitions that say so, its own and the shared ones, under names that are good for the protocol.
import { Injectable } from '@nestjs/common';
import { Users } from '../accounts/users.js';
import type { DefinitionHead, DefinitionRow } from '../definitions/definition-rows.js';
import { Definitions } from '../definitions/definitions.js';
import { parsedDefinition } from '../definitions/parsed-definition.js';
import { isService, isTool, type ProcessDefinition } from '../model/definition.js';
import type { Principal } from '../model/roles.js';
import { ToolCatalogue, type ToolFacts } from './tool-catalogue.js';
import type { ToolShape } from './tool-schema.js';

export interface Tool {
  name: string;
  head: DefinitionHead;
  facts: ToolFacts;
}

/** A tool that is called. */
export interface OpenTool {
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
    private readonly catalogue: ToolCatalogue,
  ) {}

  /** By their names. `tag`: only those with this tag. */
  async of(caller: Principal, tag?: string): Promise<Map<string, Tool>> {
    const all = await this.named(caller);
    const isAllowed = allowance(caller, all);
    const tools = [...all.values()].filter((tool) => isAllowed(tool) && (tag === undefined || tool.facts.tags.includes(tag)));
    return new Map(tools.map((tool) => [tool.name, tool]));
  }

  /** As a model is told of them. */
  async listed(caller: Principal, tools: Tool[]): Promise<(ToolShape & { name: string })[]> {
    const shapes = await this.catalogue.shapes(caller, tools);
    return tools.flatMap(({ name, head }) => {
      const shape = shapes.get(head.id);
      return shape ? [{ name, ...shape }] : [];
    });
  }

  /** Undefined: it has been removed, or is no tool any more. */
  async open(caller: Principal, { head }: Tool): Promise<OpenTool | undefined> {
    const row = await this.definitions.rows.byId(caller, head.id);
    const content = row && parsedDefinition(row);
    return content && isTool(content) && !isService(content) ? { row, content } : undefined;
  }

  /** Tells of definitions whether the caller may have what their runs have left: a token for some tools has no business with others. */
  async coverage(caller: Principal): Promise<(definitionId: number | null) => boolean> {
    if (!caller.tools) return () => true;
    const ids = new Set([...(await this.of(caller)).values()].map(({ head }) => head.id));
    return (id) => id !== null && ids.has(Number(id));
  }

  /** All that the caller's user has. The names do not depend on what its token allows. */
  private async named(caller: Principal): Promise<Map<string, Tool>> {
    const heads = await this.definitions.rows.tools(caller);
    const facts = await this.catalogue.of(caller, heads);
    const found = heads.flatMap((head) => {
      const known = facts.get(head.id);
      return known ? [{ head, facts: known }] : [];
    });
    const owners = await this.users.names([...new Set(found.flatMap(({ head }) => (isNamedByOwner(caller, head) ? [head.ownerId] : [])))]);
    const tools = new Map<string, Tool>();
    const add = ({ wanted, ...found }: Omit<Tool, 'name'> & { wanted: string }) => {
      let name = wanted;
      for (let tries = 1; tools.has(name); tries++) name = cut(wanted, `-${found.head.id}${tries === 1 ? '' : `-${tries}`}`);
      tools.set(name, { name, ...found });
    };
    const wanting = found.map((one) => ({
      ...one,
      ...toolName(one.head, isNamedByOwner(caller, one.head) ? owners.get(one.head.ownerId) : null),
    }));
    // nobody else's tool takes the name of one that has it without changes
    for (const changed of [false, true]) for (const { isChanged, ...one } of wanting) if (isChanged === changed) add(one);
    return tools;
  }
}

/** A tool of the caller that has the name of one of the server is known by its owner as well. */
function isNamedByOwner({ userId }: Principal, { ownerId, name }: DefinitionHead): boolean {
  return ownerId !== userId || reserved.includes(name ?? '');
}

/** `owner`: null for a tool that is not named by its owner, undefined for an owner who has been removed. */
function toolName({ id, name }: DefinitionHead, owner: string | undefined | null): { wanted: string; isChanged: boolean } {
  const own = name ?? `definition_${id}`;
  const full = owner === null ? own : `${owner ?? 'nobody'}--${own}`;
  // the first two hyphens end the owner: otherwise a user could name a tool so that it seems to be another's
  const apart = owner ? `${owner.replace(/-(?=-|$)/g, encoded)}--${own}` : full;
  const plain = apart.replace(/[^A-Za-z0-9_.-]/gu, encoded);
  return { wanted: plain.length > longestName ? cut(plain, `-${id}`) : plain, isChanged: plain !== full || plain.length > longestName };
}

function encoded(character: string): string {
  return `_${character.codePointAt(0)}`;
}

function cut(name: string, ending: string): string {
  return name.slice(0, longestName - ending.length) + ending;
}

/**
 * What a token allows, by names and tags. What is the name of a tool is no tag: the authors of shared definitions choose their tags, and could
 * otherwise add a tool to a token for another one.
 */
function allowance({ tools: entries }: Principal, all: Map<string, Tool>): (tool: Tool) => boolean {
  if (entries === undefined) return () => true;
  const named = new Set(entries);
  const tags = new Set(entries.filter((entry) => !all.has(entry)));
  return ({ name, facts }) => named.has(name) || facts.tags.some((tag) => tags.has(tag));
}
