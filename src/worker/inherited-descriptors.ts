// Closes the descriptors that the server inherited, at boot: every program that the server starts would inherit them.
import { closeSync, readdirSync, readFileSync } from 'node:fs';

const closeOnExec = 0o2000000;

/** Node's own descriptors are close-on-exec; 0, 1, 2 and Node's channel to its parent stay. Does nothing without /proc. */
export function closeInheritedDescriptors(): void {
  for (const descriptor of listed('/proc/self/fd')) {
    if (descriptor <= 2 || String(descriptor) === process.env.NODE_CHANNEL_FD) continue;
    const flags = /flags:\s+(\d+)/.exec(readOr(`/proc/self/fdinfo/${descriptor}`, ''))?.[1];
    if (flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0) closeSync(descriptor);
  }
}

function listed(folder: string): number[] {
  try {
    return readdirSync(folder).map(Number);
  } catch {
    return [];
  }
}

function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return fallback;
  }
}
