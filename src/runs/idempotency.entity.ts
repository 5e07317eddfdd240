// The table of Idempotency-Keys: the request of each, and how it was answered; a key outlives what its request has created.
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { PrimaryReferenceId, TimeMs } from '../database/column-types.js';

@Entity({ name: 'idempotency_key' })
@Index('idempotency_created', ['createdAtMs'])
export class IdempotencyEntity {
  @PrimaryReferenceId({ name: 'user_id' })
  userId: number;

  @PrimaryColumn({ type: 'varchar', length: 255 })
  key: string;

  /** SHA-256 over method, URL, type and body, in hex. */
  @Column({ type: 'varchar', length: 64 })
  fingerprint: string;

  /** The run that the request created or, for a message to a service, the run that it reached. Null: something else was created. */
  @Column({ name: 'run_id', type: 'varchar', length: 36, nullable: true })
  runId: string | null;

  @TimeMs({ name: 'created_at' })
  createdAtMs: number;

  /** The status of the first response. Null: that of the run as it is now. */
  @Column({ type: 'integer', nullable: true })
  status: number | null;

  /** Its Location; null where it had none, or where the run says it. */
  @Column({ type: 'varchar', length: 512, nullable: true })
  location: string | null;
}
