// The table of runs.
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { LongText, ReferenceId, TimeMs } from '../database/column-types.js';
import type { EndReason, RunState } from '../model/states.js';

@Entity({ name: 'run' })
@Index(['ownerId', 'id'])
@Index(['definitionId', 'id'])
@Index('run_state_reason', ['state', 'endReason', 'id'])
@Index('run_author', ['authorId', 'id'], { where: 'author_id IS NOT NULL' })
export class RunEntity {
  /** UUIDv7: the order of ids is the order of time. */
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @ReferenceId({ name: 'owner_id' })
  ownerId: number;

  /** The owner of the definition, who sees the record of the run; null: the owner of the run, or nobody. */
  @ReferenceId({ name: 'author_id', nullable: true })
  authorId: number | null;

  @ReferenceId({ name: 'definition_id', nullable: true })
  definitionId: number | null;

  @Column({ type: 'integer', nullable: true })
  revision: number | null;

  @Column({ type: 'varchar', length: 4095 })
  exec: string;

  /** A JSON list: parameters filled in, secrets as ***, paths of the server as their placeholders. */
  @LongText()
  argv: string;

  @Column({ type: 'varchar', length: 16 })
  state: RunState;

  @Column({ name: 'end_reason', type: 'varchar', length: 16, nullable: true })
  endReason: EndReason | null;

  @Column({ name: 'exit_code', type: 'integer', nullable: true })
  exitCode: number | null;

  @Column({ type: 'varchar', length: 16, nullable: true })
  signal: string | null;

  @Column({ type: 'boolean', nullable: true })
  success: boolean | null;

  @LongText({ nullable: true })
  error: string | null;

  @Column({ type: 'integer', default: 1 })
  attempt: number;

  @Column({ type: 'varchar', length: 64 })
  lane: string;

  @Column({ type: 'integer', default: 0 })
  priority: number;

  @Column({ type: 'integer', nullable: true })
  pid: number | null;

  @Column({ type: 'varchar', length: 32, nullable: true })
  isolation: string | null;

  /** The launcher that had the order: its kind, a blank, and what distinguishes it from others of its kind. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  launcher: string | null;

  /** The port on which the program listens on this machine; 0: it will listen, and has not reported where; null: it does not listen. */
  @Column({ type: 'integer', nullable: true })
  port: number | null;

  /** The name of the run in the jobs interface; null: the run is not a job. */
  @Column({ name: 'job_name', type: 'varchar', length: 255, nullable: true })
  jobName: string | null;

  /** The order as JSON, until the run has ended. */
  @LongText({ name: 'run_order', nullable: true, select: false })
  order: string | null;

  @TimeMs({ name: 'created_at' })
  createdAtMs: number;

  @TimeMs({ name: 'started_at', nullable: true })
  startedAtMs: number | null;

  @TimeMs({ name: 'finished_at', nullable: true })
  finishedAtMs: number | null;

  @TimeMs({ name: 'cpu_ms', nullable: true })
  cpuMs: number | null;

  @TimeMs({ name: 'max_rss_bytes', nullable: true })
  maxRssBytes: number | null;

  @Column({ name: 'output_source', type: 'varchar', length: 8, nullable: true })
  outputSource: 'stdout' | 'stderr' | 'file' | null;

  @TimeMs({ name: 'output_bytes', nullable: true })
  outputBytes: number | null;

  @Column({ name: 'output_type', type: 'varchar', length: 255, nullable: true })
  outputType: string | null;

  @Column({ name: 'output_name', type: 'varchar', length: 255, nullable: true })
  outputName: string | null;

  @Column({ name: 'output_sha256', type: 'varchar', length: 64, nullable: true })
  outputSha256: string | null;

  /** A remark about the output; null: none. */
  @LongText({ name: 'output_note', nullable: true })
  outputNote: string | null;

  /** The message of a binding that caused the run, as JSON; null: a request caused it. */
  @LongText({ name: 'triggered_by', nullable: true })
  trigger: string | null;

  /** The bytes that the run takes on the disk and in the table of logs; null until they are measured after its end. */
  @TimeMs({ name: 'kept_bytes', nullable: true })
  keptBytes: number | null;

  /** The name of the definition when the run was accepted; null: the definition had none, or there is no definition. */
  @Column({ name: 'definition_name', type: 'varchar', length: 128, nullable: true })
  definitionName: string | null;

  /** The run that this run repeats; null: none. */
  @Column({ name: 'rerun_of', type: 'varchar', length: 36, nullable: true })
  rerunOf: string | null;

  /** The bytes of the message and the files that are kept for a repetition; 0: there were none; null: they are not kept. */
  @TimeMs({ name: 'input_bytes', nullable: true })
  inputBytes: number | null;

  /** The parameters that the caller gave, as a JSON object, secrets as ***; null: none. */
  @LongText({ nullable: true })
  parameters: string | null;

  /** What a repetition needs besides the parameters: a KeptInput as JSON; null: nothing. */
  @LongText({ name: 'kept_input', nullable: true, select: false })
  keptInput?: string | null;

  /** Only for a service that has not ended, and not stored: whether it takes messages. */
  ready?: boolean;

  /** Only for a service that waits for its restart, and not stored: when it starts again. */
  nextStartAtMs?: number;
}

/** What every record begins with: nothing has happened yet. */
export const emptyRecord = {
  authorId: null,
  state: 'queued',
  endReason: null,
  exitCode: null,
  signal: null,
  success: null,
  error: null,
  attempt: 1,
  pid: null,
  isolation: null,
  launcher: null,
  jobName: null,
  startedAtMs: null,
  finishedAtMs: null,
  cpuMs: null,
  maxRssBytes: null,
  outputSource: null,
  outputBytes: null,
  outputType: null,
  outputName: null,
  outputSha256: null,
  outputNote: null,
  trigger: null,
  keptBytes: null,
  rerunOf: null,
  inputBytes: null,
} as const satisfies Partial<RunEntity>;
