// Publishes the changes of runs as events: as much of the record as those may see who see the record only.
import { Injectable } from '@nestjs/common';
import type { ChangeType } from '../events/change.js';
import { Events } from '../events/events.js';
import type { RunEntity } from './run.entity.js';

type OfRuns = Extract<ChangeType, `run.${string}` | `service.${string}`>;

/** The columns that a removed run must still have. */
export const toldColumns = { id: true, state: true, ownerId: true, authorId: true, definitionId: true, definitionName: true } as const;
export type RemovedRun = Pick<RunEntity, keyof typeof toldColumns>;

@Injectable()
export class RunChanges {
  constructor(private readonly events: Events) {}

  /** The record has been committed. */
  created(row: RunEntity): void {
    this.tell('run.created', row);
    if (row.state === 'queued') this.tell('run.queued', row);
  }

  /** The state of the record has changed; that a run is about to start is not told. */
  advanced(row: RunEntity): void {
    if (row.state === 'running') this.tell('run.started', row);
    else if (row.state === 'queued' || row.state === 'stopping' || row.state === 'finished') this.tell(`run.${row.state}`, row);
  }

  /** Notes that the service takes messages. */
  ready(row: RunEntity): void {
    row.ready = true;
    this.tell('service.ready', row);
  }

  /** Another attempt follows. */
  begunAnew(row: RunEntity, isService: boolean): void {
    this.tell(isService ? 'service.restarting' : 'run.queued', row);
  }

  ended(row: RunEntity, isService: boolean): void {
    this.tell('run.finished', row);
    if (isService) this.tell('service.stopped', row);
  }

  removed({ id, ownerId, authorId, definitionId, definitionName }: RemovedRun): void {
    this.events.publish(() => ({
      type: 'run.removed',
      subject: id,
      data: { id, definition_id: numberOf(definitionId), definition_name: definitionName, owner: this.events.usernameOf(ownerId) },
      seenBy: { users: [Number(ownerId), numberOf(authorId)] },
    }));
  }

  private tell(type: OfRuns, row: RunEntity): void {
    this.events.publish(() => ({
      type,
      subject: row.id,
      data: { ...toldOf(row), owner: this.events.usernameOf(row.ownerId) },
      seenBy: { users: [Number(row.ownerId), numberOf(row.authorId)] },
    }));
  }
}

function toldOf({ id, definitionId, definitionName, revision, lane, state, attempt, endReason, exitCode, signal, success }: RunEntity) {
  const told = { id, definition_id: numberOf(definitionId), definition_name: definitionName, revision, lane, state, attempt };
  return state === 'finished' ? { ...told, end_reason: endReason, exit_code: exitCode, signal, success } : told;
}

/** Some drivers give references as text. */
function numberOf(reference: number | null): number | null {
  return reference === null ? null : Number(reference);
}
