// The table of small logs, as framed bytes; a larger log is a file in the run's control directory.
import { Entity, PrimaryColumn } from 'typeorm';
import { LongBytes } from '../database/column-types.js';

@Entity({ name: 'run_log' })
export class RunLogEntity {
  @PrimaryColumn({ name: 'run_id', type: 'varchar', length: 36 })
  runId: string;

  @LongBytes()
  frames: Buffer;
}
