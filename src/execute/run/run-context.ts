// What the stages of one run hand on: the order, its message, its directory, and the values of its placeholders.
import type { Readable } from 'node:stream';
import type { ChosenAdapter } from '../../model/adapter-choice.js';
import type { PlaceholderValues } from '../../model/arguments.js';
import type { ControlDirectory } from '../../model/control-directory.js';
import type { ResourceScope } from '../../model/resource-scope.js';
import type { RunOrder } from '../../model/run-order.js';
import type { ProcessEnd } from '../../worker/launcher.js';
import type { WorkDirectory } from '../directories/work-directories.js';
import type { FirstEndReason } from './end-reason.js';

export interface RunContext {
  order: RunOrder;
  /** The message when the order says `live`. */
  message: Readable | null;
  input: ChosenAdapter;
  output: ChosenAdapter;
  directory: WorkDirectory;
  control: ControlDirectory;
  /** The program's cwd. */
  cwd: string;
  values: PlaceholderValues;
  /** The named pipes that the launcher makes. */
  pipes: string[];
  /** What adapters need again when another server goes on with the run. */
  marks: Record<string, number>;
  /** An earlier server started the run. */
  resumed: boolean;
  /** The output is complete: a program that would go on is ended, which is no failure. */
  served: boolean;
  /** What is applied to the run, as its record says it. */
  isolation: string;
  /** SHA-256 in hex of what this server has kept of the output while the program ran. */
  keptSha256?: string;
  /** How the program ended, once it has. */
  end: ProcessEnd | null;
  outcome: FirstEndReason;
  /** What adapters open for the run belongs to it, unless they close it at once. */
  scope: ResourceScope;
}
