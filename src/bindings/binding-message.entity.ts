// The table of messages that bindings have taken and that name themselves: which run each has, and the how manieth.
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { PrimaryReferenceId, TimeMs } from '../database/column-types.js';

@Entity({ name: 'binding_message' })
export class BindingMessageEntity {
  @PrimaryReferenceId({ name: 'binding_id' })
  bindingId: number;

  @PrimaryColumn({ name: 'message_id', type: 'varchar', length: 255 })
  messageId: string;

  /** Of the latest try; null when there was none, or a service took it. */
  @Column({ name: 'run_id', type: 'varchar', length: 36, nullable: true })
  runId: string | null;

  @Column({ type: 'integer' })
  tries: number;

  /** When its output, or its dead letter, was confirmed. */
  @Index()
  @TimeMs({ name: 'done_at', nullable: true })
  doneAtMs: number | null;
}
