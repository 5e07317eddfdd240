// The versions of a definition: the former ones from the table of revisions, the current one from the table of definitions.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CodedError } from '../model/coded-error.js';
import type { Principal } from '../model/roles.js';
import type { DefinitionRow } from './definition-rows.js';
import { type Change, Definitions } from './definitions.js';
import { readHeld } from './held-definitions.js';
import { RevisionEntity } from './revision.entity.js';

export interface Revision {
  revision: number;
  /** JSON text. */
  definition: string;
  createdAtMs: number;
}

@Injectable()
export class Revisions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly definitions: Definitions,
  ) {}

  /** Newest first. `isCut`: they are large, and older ones were left out. */
  async list(row: DefinitionRow): Promise<{ revisions: Revision[]; isCut: boolean }> {
    const rows = this.dataSource.getRepository(RevisionEntity);
    const { rows: former, isCut } = await readHeld(row.revision - 1, (skip, take) =>
      rows.find({ where: { definitionId: row.id }, order: { revision: 'DESC' }, skip, take }),
    );
    return { revisions: [current(row), ...former], isCut };
  }

  async get(row: DefinitionRow, revision: number): Promise<Revision> {
    if (revision === row.revision) return current(row);
    const found = await this.dataSource.getRepository(RevisionEntity).findOneBy({ definitionId: row.id, revision });
    if (!found) throw new CodedError('not_found', `the definition ${row.id} has no revision ${revision}`);
    return found;
  }

  /** Makes a former version the current one, as a new revision. */
  async restore(
    author: Principal,
    text: string,
    { revision, before }: { revision: number } & Pick<Change, 'before'>,
  ): Promise<DefinitionRow> {
    const row = await this.definitions.writable(author, text);
    const wanted = await this.get(row, revision);
    return this.definitions.replace(author, String(row.id), { definition: JSON.parse(wanted.definition), before });
  }
}

function current({ revision, definition, updatedAtMs }: DefinitionRow): Revision {
  return { revision, definition, createdAtMs: updatedAtMs };
}
