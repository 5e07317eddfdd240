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
  text: string;
  tag: string;
}

/** How many documents are kept; each has up to two megabytes. */
const bound = 8;

@Injectable()
export class DefinitionDocuments {
  private readonly kept = new Map<string, DefinitionsDocument>();
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
    const made = { tag, text: documentOf({ operations, version: this.basis.version, schemas, isCut }) };
    if (this.kept.size >= bound) this.kept.delete(this.kept.keys().next().value as string);
    this.kept.set(tag, made);
    return made;
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
