// Named pipes for child_process: mkfifo of coreutils makes them, since Node cannot.
import { execFile } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { lchown } from 'node:fs/promises';
import { LaunchError, type LaunchSpec } from './launcher.js';

const heldFlags = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** Returns what closes those that the spec wants held. */
export async function makePipes({ pipes, holdPipes, user }: LaunchSpec): Promise<() => void> {
  const held: number[] = [];
  for (const path of pipes) {
    await makePipe(path);
    if (user) await lchown(path, user.uid, user.gid);
    if (holdPipes) held.push(openSync(path, heldFlags));
  }
  return () => {
    for (const descriptor of held.splice(0)) closeSync(descriptor);
  };
}

function makePipe(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('mkfifo', ['-m', '600', '--', path], { env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } }, (error, _stdout, stderr) => {
      if (error) reject(new LaunchError('EEXIST', `its named pipe cannot be made: ${stderr.trim() || error.message}`, 'named pipe'));
      else resolve();
    });
  });
}
