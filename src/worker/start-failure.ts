// Why a program could not be started, in words: what was being done, and what the system said to it.

const stages: Record<string, string> = {
  cwd: 'its directory cannot be entered',
  limits: 'its limits cannot be set',
  user: 'its user cannot be taken on',
  cgroup: 'its cgroup cannot be joined',
  namespaces: 'its namespaces cannot be made',
  record: 'that it begins cannot be written down',
  input: 'its input cannot be opened',
  'named pipe': 'its named pipe cannot be made',
  terminal: 'its terminal cannot be made',
  pipes: 'the pipes of its output cannot be made',
  fork: 'its process cannot be made',
  setup: 'the processes of its sandbox cannot be made',
  session: 'a session of its own cannot be made',
  launcher: 'the launcher, which starts programs, is gone and cannot be started',
};

/** What exec itself refuses. */
const refusals: Record<string, string> = {
  ENOENT: 'its interpreter is missing (what the first line of a script names, or the loader of a binary)',
  ENOEXEC: 'it is neither a program for this machine nor a script whose first line begins with #!',
  EACCES: 'it, or its interpreter, may not be executed by the run user, or lies where nothing may',
  ELOOP: 'its interpreter leads round in a circle of links or scripts',
  E2BIG: 'its arguments and environment are too long',
  ETXTBSY: 'somebody is writing to it',
  ENOMEM: 'there is not enough memory for it',
};

/** A clause about the program. `errno` is the name of the system's error, `stage` what was being done. */
export function startFailure(errno: string, stage: string): string {
  if (stage === 'exec') return refusals[errno] ?? 'the system refuses to execute it';
  return stages[stage] ?? `${stage} (${errno})`;
}
