// The record of a run as the server sends it: what the client reads of it.
import { segment } from '../http/segment.js';

export interface RunRecord {
  id: string;
  /** resource_uri of the definition; null for an ad hoc command. */
  definition: string | null;
  definition_name: string | null;
  revision: number | null;
  exec: string;
  argv: string[];
  state: string;
  end_reason: string | null;
  exit_code: number | null;
  signal: string | null;
  success: boolean | null;
  error: string | null;
  attempt: number;
  owner: string | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  duration_ms: number | null;
  output: { uri: string; bytes: number; content_type: string } | null;
}

export interface RunPage {
  meta: { total_count: number };
  objects: RunRecord[];
}

/** The states of a run that has not ended, as a filter of lists. */
export const activeStates = 'created,queued,starting,running,stopping';

export const hasEnded = ({ state }: RunRecord) => state === 'finished';

export const runPath = (id: string) => `/api/run/${segment(id)}/`;

/** What people call the program of a run. */
export const programOf = ({ definition_name: name, exec, argv }: RunRecord) => name ?? [exec, ...argv].join(' ');
