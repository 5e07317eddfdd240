// The table of definitions: the JSON as its user wrote it, and the keys that lists filter by.
import { Column, Entity, Index } from 'typeorm';
import { GeneratedId, LongText, ReferenceId, TimeMs } from '../database/column-types.js';

@Entity({ name: 'process_definition' })
@Index(['ownerId', 'name'], { unique: true })
@Index('definition_name', ['name'])
@Index('definition_exec', ['execStart'])
@Index('definition_application', ['application'])
@Index('definition_type', ['processType'])
@Index('definition_owner', ['ownerId'])
@Index('definition_owner_exec', ['ownerId', 'execStart'])
@Index('definition_owner_application', ['ownerId', 'application'])
@Index('definition_owner_type', ['ownerId', 'processType'])
@Index('definition_tool', ['tool', 'ownerId', 'shared', 'name', 'revision', 'updatedAtMs'], { where: 'tool = 1' })
@Index('definition_shared_name', ['shared', 'name'], { where: 'shared = 1' })
@Index('definition_shared_exec', ['shared', 'execStart'], { where: 'shared = 1' })
@Index('definition_shared_application', ['shared', 'application'], { where: 'shared = 1' })
@Index('definition_shared_type', ['shared', 'processType'], { where: 'shared = 1' })
export class DefinitionEntity {
  @GeneratedId()
  id: number;

  @ReferenceId({ name: 'owner_id' })
  ownerId: number;

  @Column({ type: 'varchar', length: 128, nullable: true })
  name: string | null;

  @Column({ type: 'varchar', length: 4095 })
  exec: string;

  /** As much of `exec` as every database can hold in an index. */
  @Column({ name: 'exec_start', type: 'varchar', length: 700, default: '' })
  execStart: string;

  @Column({ type: 'varchar', length: 255 })
  application: string;

  @Column({ name: 'process_type', type: 'varchar', length: 16 })
  processType: string;

  @Index()
  @Column({ type: 'boolean', default: false })
  shared: boolean;

  /** It is a tool of AI agents. */
  @Column({ type: 'boolean', default: false })
  tool: boolean;

  /** JSON text. */
  @LongText()
  definition: string;

  @Column({ type: 'integer', default: 1 })
  revision: number;

  @TimeMs({ name: 'updated_at' })
  updatedAtMs: number;
}
