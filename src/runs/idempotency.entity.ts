// The table of Idempotency-Keys: which request each belongs to, and which run it made.
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { PrimaryReferenceId, TimeMs } from '../database/column-types.js';

@Entity({ name: 'idempotency_key' })
export class IdempotencyEntity {
  @PrimaryReferenceId({ name: 'user_id' })
  userId: number;

  @PrimaryColumn({ type: 'varchar', length: 255 })
  key: string;

  /** SHA-256 over method, URL, type and body, in hex. */
  @Column({ type: 'varchar', length: 64 })
  fingerprint: string;

  @Column({ name: 'run_id', type: 'varchar', length: 36 })
  runId: string;

  @TimeMs({ name: 'created_at' })
  createdAtMs: number;
}
