// What an executor needs to know about its machine.
import type { IsolationLevel } from '../../model/isolation-levels.js';
import type { OwnAddresses } from '../../model/own-addresses.js';
import type { RunAsUsers } from '../../model/run-as-users.js';
import type { Shortage } from '../../model/shortage.js';
import type { Launcher, LaunchLevel } from '../../worker/launcher.js';
import type { WorkDirectories } from '../directories/work-directories.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import type { ControlGroups } from './control-groups.js';
import type { LimitBounds } from './limits.js';

export interface ExecutorSettings {
  launcher: Launcher;
  /** The level that the launcher applies to every run here. */
  level: LaunchLevel;
  /** The isolation of runs whose order asks for nothing else: `level`, or sandbox. */
  isolation: IsolationLevel;
  /** Null: this server cannot create sandboxes. */
  sandbox: Sandbox | null;
  /** Folders that no program may see where the level can hide them. */
  masked: string[];
  workDirectories: WorkDirectories;
  /** The users that definitions may name. */
  runAsUsers: RunAsUsers;
  controlGroups: ControlGroups;
  /** What the limits of a definition may be at most (MAX_PROCESSES, MAX_FILE_SIZE). */
  bounds: LimitBounds;
  /** DATA_DIR/runs: the control directories. */
  runsRoot: string;
  /** How much of the input of a run is kept (KEEP_INPUT). */
  keptInputBytes: number;
  /** PATH of the programs, where a bare `exec` is looked up. */
  runPath: string;
  /** Variables passed on from the server's environment (PASS_ENV). */
  passedEnvironment: Record<string, string>;
  graceMs: number;
  /** The server's own addresses, whose ports no program may use. */
  ownAddresses: OwnAddresses;
  /** The shortage that runs wait for. */
  shortage: Shortage;
}
