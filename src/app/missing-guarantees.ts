// The guarantees that a server without the native launcher cannot give, and the notice about them at the start.
import type { Launcher } from '../worker/launcher.js';

const promisesOfNative = [
  'the address of the server is not reserved: while no server is running, a program can take the address and receive what clients send',
  'runs and services do not outlive the server: a stop ends them, and a crash loses them',
  'runs have no namespaces (pidns): a program sees the processes of the machine and DATA_DIR, and processes that it starts in another session may outlive its run',
  'there is no sandbox: code and commands of non-admins can use the network and the files of the run user',
  'there are no terminals',
  'setuid programs take effect (no no_new_privs), tree_memory does not hold, and records have no usage',
];

/** One sentence for each missing guarantee; empty with the native launcher. */
export function missingGuarantees({ name }: Pick<Launcher, 'name'>): readonly string[] {
  return name === 'native' ? [] : promisesOfNative;
}

/** The notice for the output of the start; null when nothing is missing. `note`: why the launcher is not the native one, unless LAUNCHER says so. */
export function startNotice(launcher: Pick<Launcher, 'name'>, note: string | null): string | null {
  const off = missingGuarantees(launcher);
  if (off.length === 0) return null;
  const why = note ?? `LAUNCHER=${launcher.name}: programs are started by ${launcher.name}`;
  return [`WARNING: ${why}. Therefore:`, ...off.map((promise) => `  - ${promise}`)].join('\n');
}
