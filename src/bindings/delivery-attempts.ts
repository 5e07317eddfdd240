// Decides which failures of a service count as tries of a message: those that the message may have caused.
import { CodedError } from '../model/coded-error.js';
import type { RunEntity } from '../runs/run.entity.js';

type ServiceState = Pick<RunEntity, 'id' | 'state' | 'attempt' | 'ready'>;

/** The attempt of the service that takes a message, when the service is ready and no other message is before; null: its end is not the fault of this message. */
export type Turn = string | null;

/** How many messages of bindings wait for each service. */
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

/** The failed tries of one message. */
export class DeliveryAttempts {
  private readonly ended = new Set<string>();

  /** Throws an error that does not count as a try. The end of one attempt of the service counts once, however many messages report it. */
  judge(error: unknown, turn: Turn): CodedError {
    if (!(error instanceof CodedError)) throw error;
    if (error.code === 'input_error') return error;
    if (error.code !== 'wrong_state' || turn === null || this.ended.has(turn)) throw error;
    this.ended.add(turn);
    return error;
  }
}
