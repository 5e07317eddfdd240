// Puts one program into a sandbox: launches bubblewrap in its place, and reports a failed start.
import { accessSync, constants, openSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../model/coded-error.js';
import { copyToNewFile } from '../../model/new-file.js';
import { partFault } from '../../worker/compiled-part.js';
import { errnoName } from '../../worker/exit-record.js';
import { LaunchError, type LaunchLimits, type LaunchSpec } from '../../worker/launcher.js';
import { startFailure } from '../../worker/start-failure.js';
import { bubblewrapArguments, systemView } from './view.js';

/** How many processes of the run user the sandbox itself needs: its two ends, and bubblewrap. */
const ownProcesses = 3;

/** The prefix of each variable name until the program runs: LD_PRELOAD and similar variables must have no effect outside. */
const veil = '%';

/** The path of the inner end, as seen inside the sandbox. */
const enterPath = '/.enter';

/** Where one program is put into a sandbox. */
export interface SandboxPlace {
  /** The run's own directory, which the run user may only pass through. */
  root: string;
  /** Creates a folder of the run user. */
  makeFolder(path: string): Promise<string>;
}

export class Sandbox {
  private readonly system = systemView();

  private constructor(
    private readonly bubblewrap: string,
    private readonly binary: string,
  ) {}

  /** `binary`: both ends of the sandbox; `path`: the PATH in which bubblewrap is looked up. Throws an Error that says what is missing. */
  static prepare(binary: string, path: string): Sandbox {
    const fault = partFault(binary);
    if (fault) throw new Error(`the ends of the sandbox cannot run: ${fault}`);
    const bubblewrap = path
      .split(':')
      .map((folder) => join(folder, 'bwrap'))
      .find(isExecutable);
    if (!bubblewrap) throw new Error("bubblewrap is not installed (Debian's package bubblewrap)");
    // held open: a server keeps its sandbox when the file is moved or replaced
    return new Sandbox(bubblewrap, `/proc/self/fd/${openSync(binary, 'r')}`);
  }

  /** `spec.limits` apply to all processes of the sandbox. */
  async enclose(spec: LaunchSpec, place: SandboxPlace, network: boolean): Promise<LaunchSpec> {
    const hidden = await place.makeFolder(join(place.root, 'sandbox'));
    const enter = join(hidden, 'enter');
    const passwd = join(hidden, 'passwd');
    const group = join(hidden, 'group');
    const { uid, gid, named } = spec.user ?? { uid: process.getuid!(), gid: process.getgid!(), named: undefined };
    const name = named?.name ?? 'sandbox';
    await Promise.all([
      // the run user may not reach the folder where the server is installed
      copyToNewFile(this.binary, { path: enter, mode: 0o755, owner: null }),
      writeFile(passwd, `${name}:x:${uid}:${gid}::${spec.environment.HOME ?? '/'}:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n`),
      writeFile(group, `${name}:x:${gid}:\nnogroup:x:65534:\n`),
    ]);
    const files = { [enterPath]: enter, '/etc/passwd': passwd, '/etc/group': group };
    const around = bubblewrapArguments(this.system, { root: place.root, hidden, files, cwd: spec.cwd, network });
    return {
      ...spec,
      exec: enter,
      argv: [
        ...['around', join(hidden, 'failure'), this.bubblewrap, ...around],
        ...['--', enterPath, 'within', '@REPORTS', '@SIGNALS', spec.exec, ...spec.argv],
      ],
      environment: Object.fromEntries(Object.entries(spec.environment).map(([name, value]) => [`${veil}${name}`, value])),
    };
  }
}

/** The limits of a program, raised by what the processes of its sandbox need. */
export function withSandbox(limits: LaunchLimits): LaunchLimits {
  return limits.processes === undefined ? limits : { ...limits, processes: limits.processes + ownProcesses };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Why a program was not started in the sandbox that was created in `root`; null when it was started. */
export async function sandboxFailure(root: string): Promise<Error | null> {
  const file = await open(join(root, 'sandbox/failure'), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => null,
  );
  if (!file) return null;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0).finally(() => file.close());
  const [stage, number] = buffer.toString('latin1', 0, bytesRead).trim().split(' ');
  if (stage === 'sandbox') return new CodedError('spawn_error', 'bubblewrap could not create the sandbox; stderr says why');
  const errno = errnoName(Number(number));
  const unseen = stage === 'exec' && errno === 'ENOENT';
  const words = unseen
    ? 'it, or its interpreter, is not in the sandbox, which shows /usr and the work directory'
    : startFailure(errno, stage);
  return new LaunchError(errno, words, stage);
}
