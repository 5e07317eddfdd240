// The table of definitions: the JSON as its user wrote it, and the keys that lists filter by.
import { Column, Entity, Index } from 'typeorm';
import { GeneratedId, LongText, ReferenceId, TimeMs } from '../database/column-types.js';

@Entity({ name: 'process_definition' })
@Index(['ownerId', 'name'], { unique: true })
export class DefinitionEntity {
  @GeneratedId()
  id: number;

  @ReferenceId({ name: 'owner_id' })
  ownerId: number;

  @Column({ type: 'varchar', length: 128, nullable: true })
  name: string | null;

  @Column({ type: 'varchar', length: 4095 })
  exec: string;

  @Column({ type: 'varchar', length: 255 })
  application: string;

  @Column({ name: 'process_type', type: 'varchar', length: 16 })
  processType: string;

  @Index()
  @Column({ type: 'boolean', default: false })
  shared: boolean;

  /** JSON text. */
  @LongText()
  definition: string;

  @Column({ type: 'integer', default: 1 })
  revision: number;

  @TimeMs({ name: 'updated_at' })
  updatedAtMs: number;
}
