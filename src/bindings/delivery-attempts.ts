// Which failures of a service are tries of the message that it was given: those that the message may have caused.
import { CodedError } from '../model/coded-error.js';
import type { RunEntity } from '../runs/run.entity.js';

type ServiceState = Pick<RunEntity, 'id' | 'state' | 'attempt' | 'ready'>;

/** Which life of the service takes a message, when it is ready and has no other one before; null: what ends it is no fault of this one. */
export type Turn = string | null;

/** How many messages of bindings each service has before it. */
export class ServiceLines {
  private readonly lengths = new Map<string, number>();

  enter(runId: string, service: ServiceState | null): Turn {
    const before = this.lengths.get(runId) ?? 0;
    this.lengths.set(runId, before + 1);
    const takes = before === 0 && service?.id === runId && service.state === 'running' && service.ready;
    return takes ? `${runId}:${service.attempt}` : null;
  }

  leave(runId: string): void {
    const left = (this.lengths.get(runId) ?? 0) - 1;
    if (left > 0) this.lengths.set(runId, left);
    else this.lengths.delete(runId);
  }
}

/** Of one message. */
export class DeliveryAttempts {
  private readonly ended = new Set<string>();

  /** Throws what is no try. A life of the service ends once, however long it says so. */
  judge(error: unknown, turn: Turn): CodedError {
    if (!(error instanceof CodedError)) throw error;
    if (error.code === 'input_error') return error;
    if (error.code !== 'wrong_state' || turn === null || this.ended.has(turn)) throw error;
    this.ended.add(turn);
    return error;
  }
}
