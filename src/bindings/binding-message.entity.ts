// The table of messages with an id that bindings have taken: which run each has, and which try that is.
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { PrimaryReferenceId, TimeMs } from '../database/column-types.js';

@Entity({ name: 'binding_message' })
@Index('binding_message_run', ['runId'])
export class BindingMessageEntity {
  @PrimaryReferenceId({ name: 'binding_id' })
  bindingId: number;

  @PrimaryColumn({ name: 'message_id', type: 'varchar', length: 255 })
  messageId: string;

  /** The run of the latest try; null when there was none, or when a service took the message. */
  @Column({ name: 'run_id', type: 'varchar', length: 36, nullable: true })
  runId: string | null;

  @Column({ type: 'integer' })
  tries: number;

  /** When the output of the message, or its dead letter, was confirmed. */
  @Index()
  @TimeMs({ name: 'done_at', nullable: true })
  doneAtMs: number | null;
}
