// Stopping a run at any moment: before its program has started, or while it runs.
import { CodedError } from '../../model/coded-error.js';
import type { StopRequest } from '../../model/run-task.js';
import type { LaunchedProcess } from '../../worker/launcher.js';
import type { FirstEndReason } from './end-reason.js';

export class Stopper {
  private process: LaunchedProcess | null = null;
  private request: StopRequest | null = null;
  private over = false;
  private readonly asked: Promise<void>;
  private resolveAsked: () => void;

  /** `launching`: the program may already run, since an earlier server has started it. */
  constructor(
    private readonly outcome: FirstEndReason,
    private launching = false,
  ) {
    this.asked = new Promise((resolve) => {
      this.resolveAsked = resolve;
    });
  }

  /** Waits for `turn`; throws when a stop comes first. */
  async orStop(turn: Promise<void>): Promise<void> {
    await Promise.race([turn, this.asked]);
    this.refuse();
  }

  stop(request: StopRequest): void {
    if (this.request || this.over) return;
    this.request = request;
    this.outcome.decide(this.launching ? (request.reason ?? 'stop') : 'cancelled', request.error);
    this.process?.stop(request);
    this.resolveAsked();
  }

  /** The last moment before the start; throws when a stop came earlier. */
  check(): void {
    this.launching = true;
    this.refuse();
  }

  /** The program could not be started yet: a stop that comes now comes before the start. */
  postpone(): void {
    this.launching = false;
  }

  private refuse(): void {
    if (this.request) throw new CodedError('cancelled', this.request.error);
  }

  /** False when no program runs. */
  signal(name: string): boolean {
    if (!this.process || this.over) return false;
    this.process.signal(name);
    return true;
  }

  /** Called once the program is known to run. */
  attach(process: LaunchedProcess): void {
    this.process = process;
    // a program that is found again passed `check` in an earlier server
    this.launching = true;
    if (this.request) process.stop(this.request);
  }

  /** Called once the program has ended: a stop that comes now is too late. */
  detach(): void {
    this.over = true;
  }
}
