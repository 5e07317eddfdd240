// What a server without the native launcher does not keep of what it promises elsewhere, and how the start says so.
import type { Launcher } from '../worker/launcher.js';

const promisesOfNative = [
  'the address of the server is kept by nobody: while no server is there a program can take it, and with it what clients send',
  'runs and services do not outlive the server: a stop ends them, and after a crash they are lost',
  'runs have no namespaces (pidns): a program sees the processes of the machine, DATA_DIR is not hidden from it, and what it starts in another session may outlive its run',
  'there is no sandbox: code and commands of non-admins have the network and the files of the run user',
  'there are no terminals',
  'setuid programs take effect (no no_new_privs), tree_memory does not hold, and records have no usage',
];

/** Each in words; empty with the native launcher. */
export function missingGuarantees({ name }: Pick<Launcher, 'name'>): readonly string[] {
  return name === 'native' ? [] : promisesOfNative;
}

/** For the output of the start; null when every promise is kept. `note`: why the launcher is not the native one, unless LAUNCHER says so. */
export function startNotice(launcher: Pick<Launcher, 'name'>, note: string | null): string | null {
  const off = missingGuarantees(launcher);
  if (off.length === 0) return null;
  const why = note ?? `LAUNCHER=${launcher.name}: programs are started by ${launcher.name}`;
  return [`WARNING: ${why}. Therefore:`, ...off.map((promise) => `  - ${promise}`)].join('\n');
}
