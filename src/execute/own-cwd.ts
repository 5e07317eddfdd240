// Where the program's cwd lies in the run's own directory: only there does the server read or write files for a run.
import { relative } from 'node:path';
import { CodedError } from '../protocol/coded-error.js';
import type { RunStage } from './run-stage.js';

/** As in `work` or `work/sub`. The server may have rights that the run user lacks, so it touches no other folder. */
export function ownCwd({ cwd, directory }: RunStage): string {
  const path = relative(directory.root, cwd);
  if (path.startsWith('..')) throw new CodedError('output_error', `files are only exchanged in the run's own work directory, and cwd is ${cwd}`);
  return path;
}
