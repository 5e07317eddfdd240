// Other work on the machine: loops that take all the time that they get, each in a session of its own, as the programs of other services are.
import { spawn } from 'node:child_process';

/** Resolves as `act` does, with so many loops beside it. */
export async function beside(count, scratch, act) {
  const loops = Array.from({ length: count }, () => spawn('/bin/sh', ['-c', 'while :; do :; done'], { stdio: 'ignore', detached: true }));
  for (const loop of loops) scratch.owns(loop);
  try {
    return await act();
  } finally {
    for (const loop of loops) loop.kill('SIGKILL');
  }
}
