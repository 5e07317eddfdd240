// Where the program of a run listens, once it has been started: asked for by whoever wants to speak with it.
import type { Listening } from '../protocol/run-task.js';
import type { LaunchedProcess } from '../worker/launcher.js';
import { ownListener } from './listeners.js';
import type { RunStage } from './run-stage.js';

export class Doorway {
  private program: { stage: RunStage; pid: number } | null = null;

  attach(stage: RunStage, { pid }: LaunchedProcess): void {
    this.program = { stage, pid };
  }

  /** Looks at every process of the machine. */
  find(port: number): Listening {
    return this.program && ownListener(port, this.program.pid, this.program.stage);
  }

  end(): void {
    this.program = null;
  }
}
