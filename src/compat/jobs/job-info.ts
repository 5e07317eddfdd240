// A job as pRouter shows it: a run, whose id without its dashes is the job's uid.
import { ApiProperty } from '@nestjs/swagger';
import type { RunEntity } from '../../runs/run.entity.js';
import { connectionId, identity, platform } from './agent-identity.js';

export class JobInfo {
  @ApiProperty({ description: '32 hexadecimal digits' })
  uid: string;

  @ApiProperty()
  name: string;

  @ApiProperty({ enum: ['NEW', 'PENDING', 'RUNNING', 'FINISHED'] })
  state: string;

  @ApiProperty({ type: 'object', properties: {} })
  sender: object;

  @ApiProperty({ description: 'P: what stands before start, wait, info and the others' })
  path: string;

  @ApiProperty({ type: 'object', properties: {} })
  agent: object;
}

export function jobInfo(row: RunEntity, properties: Record<string, string>): JobInfo {
  const uid = jobUid(row.id);
  return {
    uid,
    name: row.jobName ?? '',
    state: jobState(row),
    sender: { direction: 'CLIENT', ...identity },
    path: `/jobs/${connectionId}/${uid}`,
    agent: { platform, properties },
  };
}

/** A job is PENDING until its program runs and has reported its port, if one is expected. */
function jobState({ state, port }: Pick<RunEntity, 'state' | 'port'>): string {
  if (state === 'created') return 'NEW';
  if (state === 'finished') return 'FINISHED';
  return port !== 0 && (state === 'running' || state === 'stopping') ? 'RUNNING' : 'PENDING';
}

export function jobUid(runId: string): string {
  return runId.replaceAll('-', '');
}

/** Undefined for a text that is not the uid of a job. */
export function runIdOf(uid: string): string | undefined {
  const parts = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(uid);
  return parts ? parts.slice(1).join('-') : undefined;
}
