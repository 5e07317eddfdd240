// The table of bindings: which stream goes through which definition into which stream, and how that went so far.
import { Column, Entity, Index } from 'typeorm';
import type { BusName } from '../bus/buses.js';
import { GeneratedId, LongText, ReferenceId, TimeMs } from '../database/column-types.js';

@Entity({ name: 'binding' })
export class BindingEntity {
  @GeneratedId()
  id: number;

  @Index()
  @ReferenceId({ name: 'owner_id' })
  ownerId: number;

  @ReferenceId({ name: 'definition_id' })
  definitionId: number;

  @Column({ name: 'input_bus', type: 'varchar', length: 16 })
  inputBus: BusName;

  @Column({ name: 'input_stream', type: 'varchar', length: 100 })
  inputStream: string;

  /** Null, as the stream: outputs go nowhere but to whom asked for a reply. */
  @Column({ name: 'output_bus', type: 'varchar', length: 16, nullable: true })
  outputBus: BusName | null;

  @Column({ name: 'output_stream', type: 'varchar', length: 100, nullable: true })
  outputStream: string | null;

  /** So many messages at once. */
  @Column({ type: 'integer' })
  concurrency: number;

  @Column({ name: 'max_tries', type: 'integer' })
  maxTries: number;

  @Column({ type: 'boolean' })
  enabled: boolean;

  /** Why it was disabled, when nobody asked for it. */
  @LongText({ nullable: true })
  error: string | null;

  /** Messages whose output was confirmed. */
  @TimeMs({ default: 0 })
  handled: number;

  /** Messages that became dead letters. */
  @TimeMs({ default: 0 })
  failed: number;

  /** The run of a service whose output is published, and the last frame of it that was confirmed. */
  @Column({ name: 'service_run', type: 'varchar', length: 36, nullable: true })
  serviceRun: string | null;

  @TimeMs({ name: 'service_cursor', default: 0 })
  serviceCursor: number;

  @TimeMs({ name: 'created_at' })
  createdAtMs: number;
}
