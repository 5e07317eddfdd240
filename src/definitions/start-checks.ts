// What only this server can say about a definition: whether its program can be started here, and which lanes there are.
import type { ProcessDefinition } from '../model/definition.js';

export abstract class StartChecks {
  /** Why the user of the run could not start `exec` now, as a sentence; null: nothing is in the way. */
  abstract programFault(definition: ProcessDefinition): string | null;

  abstract readonly lanes: string[];
}
