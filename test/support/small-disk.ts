// A disk of a few MiB in a separate mount namespace, which a test fills up and empties while servers use it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  /** Where servers find it that are started inside of its namespace. */
  path: string;
  /** The same place for everybody else. */
  outside: string;
  /** The process that holds the namespace. */
  holder: number;
  /** Takes all the space that is left. */
  fill: () => void;
  empty: () => void;
  remove: () => Promise<void>;
}

/** Needs root. */
export async function smallDisk(megabytes: number): Promise<SmallDisk> {
  const path = mkdtempSync(join(tmpdir(), 'procreg-disk-'));
  const script = `mount -t tmpfs -o size=${megabytes}m,mode=0711 tmpfs "$1" && echo ready && exec sleep 600`;
  const holder = spawn('unshare', ['-m', '--propagation', 'private', 'sh', '-c', script, 'sh', path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout!, 'data');
  const outside = `/proc/${holder.pid}/root${path}`;
  const filler = join(outside, 'filler');
  return {
    path,
    outside,
    holder: holder.pid as number,
    fill: () => {
      const { bavail, bsize } = statfsSync(outside);
      try {
        appendFileSync(filler, Buffer.alloc(Math.max(0, Number(bavail) * bsize)));
      } catch (error) {
        // others write as well
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    },
    empty: () => rmSync(filler, { force: true }),
    remove: async () => {
      const ended = once(holder, 'exit');
      holder.kill('SIGKILL');
      await ended;
      rmSync(path, { recursive: true, force: true });
    },
  };
}
