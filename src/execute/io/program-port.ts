// Where the program of a run listens, once it has been started: asked for by whoever wants to speak with it.
import type { Listening } from '../../model/run-task.js';
import type { LaunchedProcess } from '../../worker/launcher.js';
import type { RunContext } from '../run/run-context.js';
import { addressesOf, listenersOn, ownAmong } from './port-owner.js';

export class ProgramPort {
  private program: { context: RunContext; pid: number } | null = null;
  /** The socket that was the program's when every process was looked at: no other one ever has its number. */
  private inode: string | undefined;

  attach(context: RunContext, { pid }: LaunchedProcess): void {
    this.program = { context, pid };
  }

  find(port: number): Listening {
    if (!this.program) return null;
    const found = listenersOn(port);
    const known = found.find(({ inode }) => inode === this.inode);
    const own = known ?? ownAmong(found, this.program.pid, this.program.context);
    if (own === null || own === 'foreign') return own;
    this.inode = own.inode;
    // the last one is there also where a machine has no IPv6
    return { address: addressesOf(own, found).at(-1) as string };
  }

  end(): void {
    this.program = null;
  }
}
