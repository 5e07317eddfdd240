// The table of former versions of definitions; the current version is in process_definition.
import { Entity, PrimaryColumn } from 'typeorm';
import { LongText, PrimaryReferenceId, ReferenceId, TimeMs } from '../database/column-types.js';

@Entity({ name: 'definition_revision' })
export class RevisionEntity {
  @PrimaryReferenceId({ name: 'definition_id' })
  definitionId: number;

  @PrimaryColumn({ type: 'integer' })
  revision: number;

  @LongText()
  definition: string;

  @TimeMs({ name: 'created_at' })
  createdAtMs: number;

  @ReferenceId({ name: 'replaced_by' })
  replacedBy: number;
}
