// The program port of a run: where its program listens once it has been started, for callers that want to speak with it.
import type { Listening } from '../../model/run-task.js';
import type { LaunchedProcess } from '../../worker/launcher.js';
import type { RunContext } from '../run/run-context.js';
import { addressesOf, listenersOn, ownAmong } from './port-owner.js';

export class ProgramPort {
  private program: { context: RunContext; pid: number } | null = null;
  /** The inode of the socket that belonged to the program when all processes were looked at: no other socket ever gets this number. */
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
    // the last address works also on a machine without IPv6
    return { address: addressesOf(own, found).at(-1) as string };
  }

  end(): void {
    this.program = null;
  }
}
