// Stopping a run at any moment: before its program has started, or while it runs.
import { CodedError } from '../protocol/coded-error.js';
import type { RunEventSink } from '../protocol/run-event.js';
import type { StopRequest } from '../protocol/run-task.js';
import type { LaunchedProcess } from '../worker/launcher.js';
import type { Outcome } from './outcome.js';

export class Stopper {
  private process: LaunchedProcess | null = null;
  private request: StopRequest | null = null;

  constructor(
    private readonly outcome: Outcome,
    private readonly emit: RunEventSink,
  ) {}

  stop(request: StopRequest): void {
    if (this.request) return;
    this.request = request;
    this.outcome.decide(this.process ? 'stop' : 'cancelled', request.error);
    if (this.process) this.end(this.process, request);
  }

  /** Throws when a stop came before the program was started. */
  check(): void {
    if (this.request) throw new CodedError('cancelled', this.request.error);
  }

  attach(process: LaunchedProcess): void {
    this.process = process;
    if (this.request) this.end(process, this.request);
  }

  private end(process: LaunchedProcess, request: StopRequest): void {
    void this.emit({ type: 'stopping' });
    process.stop(request);
  }
}
