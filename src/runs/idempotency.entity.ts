// The table of Idempotency-Keys: the request of each, and the run that it created or, for a service, the run that it reached.
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { PrimaryReferenceId, TimeMs } from '../database/column-types.js';
import { CodedError } from '../model/coded-error.js';

@Entity({ name: 'idempotency_key' })
@Index('idempotency_created', ['createdAtMs'])
@Index('idempotency_run', ['runId'])
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

export function keyMismatch(key: string): CodedError {
  return new CodedError('idempotency_mismatch', `the Idempotency-Key '${key}' was used for another request`);
}
