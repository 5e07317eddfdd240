// Where the program of a run listens, once it has been started: asked for by whoever wants to speak with it.
import type { Listening } from '../protocol/run-task.js';
import type { LaunchedProcess } from '../worker/launcher.js';
import { listenersOn, ownListener, reachable } from './listeners.js';
import type { RunStage } from './run-stage.js';

export class Doorway {
  private program: { stage: RunStage; pid: number } | null = null;
  /** The socket that was the program's when every process was looked at: no other one ever has its number. */
  private inode: string | undefined;

  attach(stage: RunStage, { pid }: LaunchedProcess): void {
    this.program = { stage, pid };
  }

  find(port: number): Listening {
    if (!this.program) return null;
    const known = this.inode && listenersOn(port).find(({ inode }) => inode === this.inode);
    if (known) return reachable(known);
    const found = ownListener(port, this.program.pid, this.program.stage);
    this.inode = found && found !== 'foreign' ? found.inode : undefined;
    return found;
  }

  end(): void {
    this.program = null;
  }
}
