// What the phases of one run pass on: the order, its message, its directory, and the values of its placeholders.
import type { Readable } from 'node:stream';
import type { ChosenAdapter } from '../../model/adapter-choice.js';
import type { PlaceholderValues } from '../../model/arguments.js';
import type { ControlDirectory } from '../../model/control-directory.js';
import type { ResourceScope } from '../../model/resource-scope.js';
import type { RunOrder } from '../../model/run-order.js';
import type { ProcessEnd } from '../../worker/launcher.js';
import type { WorkDirectory } from '../directories/work-directories.js';
import type { FirstEndReason } from './end-reason.js';
import type { RunLimits } from './limits.js';

export interface RunContext {
  order: RunOrder;
  /** The message when the order says `live`. */
  message: Readable | null;
  input: ChosenAdapter;
  output: ChosenAdapter;
  directory: WorkDirectory;
  control: ControlDirectory;
  limits: RunLimits;
  /** The program's cwd. */
  cwd: string;
  values: PlaceholderValues;
  /** The named pipes that the launcher creates. */
  pipes: string[];
  /** What adapters need again when another server continues the run. */
  marks: Record<string, number>;
  /** An earlier server started the run. */
  resumed: boolean;
  /** The files of the definition that the program left unchanged have been removed. */
  tidied: boolean;
  /** The output is complete: a program that keeps running is ended, and this does not count as a failure. */
  served: boolean;
  /** The isolation that is applied to the run, in the words of its record. */
  isolation: string;
  /** SHA-256 in hex of the output that this server has kept while the program ran. */
  keptSha256?: string;
  /** How the program ended; null while it has not ended. */
  end: ProcessEnd | null;
  outcome: FirstEndReason;
  /** Owns what adapters open for the run and do not close at once. */
  scope: ResourceScope;
}
