// The documents that were asked for last, each as long as none of its definitions has changed.
import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Users } from '../../accounts/users.js';
import type { DefinitionRow } from '../../definitions/definition-rows.js';
import { parsedDefinition } from '../../definitions/parsed-definition.js';
import type { ProcessDefinition } from '../../model/definition.js';
import type { Principal } from '../../model/roles.js';
import { type DefinitionOperation, operationOf } from './definition-operation.js';
import { documentOf } from './definitions-document.js';
import { type OperationNames, operationNames } from './operation-names.js';

/** What these documents share with that of the server itself: the schemas of a run and of an error. */
export class DocumentBasis {
  schemas: () => Record<string, unknown> = () => ({});

  constructor(readonly version: string) {}
}

export interface DefinitionsDocument {
  /** JSON: one buffer for all who are sent it. */
  bytes: Buffer;
  tag: string;
}

/** How many bytes of documents are kept; one of a thousand large definitions has some ten million. */
const boundBytes = 32 * 2 ** 20;

@Injectable()
export class DefinitionDocuments {
  private readonly kept = new Map<string, DefinitionsDocument>();
  private keptBytes = 0;
  private readonly operations = new WeakMap<ProcessDefinition, Map<string, DefinitionOperation>>();

  constructor(
    private readonly users: Users,
    private readonly basis: DocumentBasis,
  ) {}

  async of(viewer: Principal, rows: DefinitionRow[], isCut: boolean): Promise<DefinitionsDocument> {
    const owners = await this.users.names([...new Set(rows.map(({ ownerId }) => ownerId))]);
    const tag = tagOf(viewer, { rows, owners, isCut });
    const former = this.kept.get(tag);
    if (former) return former;
    const schemas = this.basis.schemas();
    const names = operationNames(rows, { viewer, owners, taken: Object.keys(schemas) });
    const operations = rows.map((row, index) => this.operation(row, names[index]));
    const made = { tag, bytes: Buffer.from(documentOf({ operations, version: this.basis.version, schemas, isCut })) };
    this.keep(made);
    return made;
  }

  /** The last one is kept in any case. */
  private keep(made: DefinitionsDocument): void {
    this.kept.set(made.tag, made);
    this.keptBytes += made.bytes.length;
    for (const [tag, { bytes }] of this.kept) {
      if (this.keptBytes <= boundBytes || tag === made.tag) return;
      this.kept.delete(tag);
      this.keptBytes -= bytes.length;
    }
  }

  private operation(row: DefinitionRow, names: OperationNames): DefinitionOperation {
    const content = parsedDefinition(row);
    const known = this.operations.get(content) ?? new Map<string, DefinitionOperation>();
    this.operations.set(content, known);
    const key = JSON.stringify(names);
    const operation = known.get(key) ?? operationOf(content, names);
    known.set(key, operation);
    return operation;
  }
}

interface Shown {
  rows: DefinitionRow[];
  owners: Map<number, string>;
  isCut: boolean;
}

function tagOf({ userId }: Principal, { rows, owners, isCut }: Shown): string {
  const parts = rows.map((row) => [row.id, row.revision, row.updatedAtMs, row.name, owners.get(row.ownerId)]);
  return hash('sha256', JSON.stringify([userId, isCut, parts]), 'base64url').slice(0, 32);
}
