// The table of bindings: the input stream, the definition, the output stream, and the counters of each.
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

  /** Null, together with the stream: outputs go only to a sender that asked for a reply. */
  @Column({ name: 'output_bus', type: 'varchar', length: 16, nullable: true })
  outputBus: BusName | null;

  @Column({ name: 'output_stream', type: 'varchar', length: 100, nullable: true })
  outputStream: string | null;

  /** How many messages are processed at once. */
  @Column({ type: 'integer' })
  concurrency: number;

  @Column({ name: 'max_tries', type: 'integer' })
  maxTries: number;

  @Column({ type: 'boolean' })
  enabled: boolean;

  /** Why the server has disabled the binding; null when a user did. */
  @LongText({ nullable: true })
  error: string | null;

  /** How many messages were processed and their outputs confirmed. */
  @TimeMs({ default: 0 })
  handled: number;

  /** How many messages became dead letters. */
  @TimeMs({ default: 0 })
  failed: number;

  /** The run of the service whose messages are published; `serviceCursor`: the last message of it that was confirmed. */
  @Column({ name: 'service_run', type: 'varchar', length: 36, nullable: true })
  serviceRun: string | null;

  @TimeMs({ name: 'service_cursor', default: 0 })
  serviceCursor: number;

  @TimeMs({ name: 'created_at' })
  createdAtMs: number;
}
