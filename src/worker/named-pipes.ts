// Named pipes for child_process: created by mkfifo of coreutils, since Node cannot create them.
import { execFile } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { lchown, rm } from 'node:fs/promises';
import { LaunchError, type LaunchSpec } from './launcher.js';

const heldFlags = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW;

export class NamedPipes {
  private readonly made: string[] = [];
  private readonly held: number[] = [];

  /** Creates the pipes of a spec. When one of them cannot be created, none is left. */
  static async make(spec: LaunchSpec): Promise<NamedPipes> {
    const pipes = new NamedPipes();
    try {
      for (const path of spec.pipes) await pipes.add(path, spec);
      return pipes;
    } catch (error) {
      await pipes.remove();
      throw error;
    }
  }

  /** Closes the pipes that are held open for the spec. */
  close(): void {
    for (const descriptor of this.held.splice(0)) closeSync(descriptor);
  }

  /** Removes the pipes, because the program was not started. */
  async remove(): Promise<void> {
    this.close();
    for (const path of this.made.splice(0)) await rm(path, { force: true });
  }

  private async add(path: string, { user, holdPipes }: LaunchSpec): Promise<void> {
    await makePipe(path);
    this.made.push(path);
    if (user) await lchown(path, user.uid, user.gid);
    if (holdPipes) this.held.push(openSync(path, heldFlags));
  }
}

function makePipe(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('mkfifo', ['-m', '600', '--', path], { env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } }, (error, _stdout, stderr) => {
      // a name: mkfifo itself could not be started
      const errno = typeof error?.code === 'string' ? error.code : 'EEXIST';
      if (error) reject(new LaunchError(errno, `its named pipe cannot be created: ${stderr.trim() || error.message}`, 'named pipe'));
      else resolve();
    });
  });
}
