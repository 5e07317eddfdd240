// What an executor needs to know of its machine; the same here and on another machine.
import type { IsolationLevel } from '../../model/isolation-levels.js';
import type { OwnAddresses } from '../../model/own-addresses.js';
import type { Shortage } from '../../model/shortage.js';
import type { Launcher, LaunchLevel } from '../../worker/launcher.js';
import type { WorkDirectories } from '../directories/work-directories.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import type { ControlGroups } from './control-groups.js';

export interface ExecutorSettings {
  launcher: Launcher;
  /** What the launcher applies to every run here. */
  level: LaunchLevel;
  /** Of runs whose order asks for nothing else: `level`, or sandbox. */
  isolation: IsolationLevel;
  /** Null: there can be none here. */
  sandbox: Sandbox | null;
  /** Folders that no program may see where the level can hide them. */
  masked: string[];
  workDirectories: WorkDirectories;
  controlGroups: ControlGroups;
  /** DATA_DIR/runs: the control directories. */
  runsRoot: string;
  /** PATH of the programs, where a bare `exec` is looked up. */
  runPath: string;
  /** Variables handed on from the server's environment (PASS_ENV). */
  passedEnvironment: Record<string, string>;
  graceMs: number;
  /** The server's own ports are nobody else's. */
  ownAddresses: OwnAddresses;
  /** Of what runs wait for. */
  shortage: Shortage;
}
