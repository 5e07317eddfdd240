// What is known of tools without reading their definitions again: these may have megabytes of files, and a caller may have thousands of tools.
import { Injectable } from '@nestjs/common';
import type { DefinitionHead, DefinitionRow } from '../definitions/definition-rows.js';
import { Definitions } from '../definitions/definitions.js';
import { parsedDefinition } from '../definitions/parsed-definition.js';
import { declaredParameters, isService, isTool, type ProcessDefinition, takesFiles } from '../model/definition.js';
import type { Principal } from '../model/roles.js';
import { messageNames } from './message-names.js';
import { type ToolShape, toolShape } from './tool-schema.js';

export interface ToolFacts {
  tags: string[];
  /** Whether there is anything for which a file could be sent ahead. */
  takesContent: boolean;
  /** What a search looks into, in lower case. */
  searched: { title: string; tags: string; description: string };
  /** Null: it is large, and read each time. */
  shape: ToolShape | null;
}

/** At this many the oldest are forgotten: some 40 MB. */
const mostKept = 4000;
/** In characters of JSON. */
const keptShape = 8192;
const searchedCharacters = 2000;
/** How many definitions are in memory at once. */
const batch = 10;

@Injectable()
export class ToolCatalogue {
  /** By the ids of definitions. Null: it is none. */
  private readonly kept = new Map<number, { version: string; facts: ToolFacts | null }>();
  private reading: Promise<void> = Promise.resolve();

  constructor(private readonly definitions: Definitions) {}

  /** By the ids of definitions; of those that are tools. */
  async of(caller: Principal, heads: DefinitionHead[]): Promise<Map<number, ToolFacts>> {
    const found = new Map<number, ToolFacts | null>();
    const isMissing = (head: DefinitionHead) => {
      const known = this.kept.get(head.id);
      if (known?.version === versionOf(head)) found.set(head.id, known.facts);
      return !found.has(head.id);
    };
    if (heads.some(isMissing)) {
      // one reader at a time: the others find what it has read
      const reading = this.reading.then(async () => {
        const missing = heads.filter(isMissing);
        await this.read(caller, missing, ({ id }, definition, head) => found.set(id, this.keep(head, definition)));
      });
      this.reading = reading.catch(() => {});
      await reading;
    }
    return new Map([...found].filter((entry): entry is [number, ToolFacts] => entry[1] !== null));
  }

  /** By the ids of definitions. */
  async shapes(caller: Principal, tools: { head: DefinitionHead; facts: ToolFacts }[]): Promise<Map<number, ToolShape>> {
    const shapes = new Map(tools.flatMap(({ head, facts }) => (facts.shape ? [[head.id, facts.shape]] : [])));
    const large = tools.filter(({ facts }) => !facts.shape).map(({ head }) => head);
    await this.read(caller, large, ({ id }, definition) => shapes.set(id, toolShape(definition)));
    return shapes;
  }

  private async read(
    caller: Principal,
    heads: DefinitionHead[],
    take: (row: DefinitionRow, definition: ProcessDefinition, head: DefinitionHead) => void,
  ): Promise<void> {
    for (let from = 0; from < heads.length; from += batch) {
      const some = new Map(heads.slice(from, from + batch).map((head) => [head.id, head]));
      const { rows } = await this.definitions.rows.byIds(caller, [...some.keys()]);
      for (const row of rows) take(row, parsedDefinition(row), some.get(row.id) as DefinitionHead);
    }
  }

  /** Under the version that was asked for: what has changed meanwhile has another one the next time. */
  private keep(head: DefinitionHead, definition: ProcessDefinition): ToolFacts | null {
    const facts = isTool(definition) && !isService(definition) ? factsOf(definition) : null;
    this.kept.delete(head.id);
    if (this.kept.size >= mostKept) this.kept.delete(this.kept.keys().next().value as number);
    this.kept.set(head.id, { version: versionOf(head), facts });
    return facts;
  }
}

function versionOf({ revision, updatedAtMs }: DefinitionHead): string {
  return `${revision} ${updatedAtMs}`;
}

function factsOf(definition: ProcessDefinition): ToolFacts {
  const shape = toolShape(definition);
  const { title = '', description } = shape;
  const { tags = [] } = definition;
  const searched = (text: string) => text.slice(0, searchedCharacters).toLowerCase();
  return {
    tags: [...tags],
    takesContent: messageNames(definition) !== null || Object.values(declaredParameters(definition)).some(takesFiles),
    searched: { title: searched(title), tags: searched(tags.join(' ')), description: searched(description) },
    shape: JSON.stringify(shape).length <= keptShape ? shape : null,
  };
}
