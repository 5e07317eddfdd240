// Why a program could not be started, in words: from the step that failed, and the error of the system.

const stages: Record<string, string> = {
  cwd: 'its directory cannot be entered',
  limits: 'its limits cannot be set',
  user: 'its user cannot be set',
  cgroup: 'its cgroup cannot be joined',
  namespaces: 'its namespaces cannot be created',
  record: 'its start cannot be recorded',
  input: 'its input cannot be opened',
  'named pipe': 'its named pipe cannot be created',
  terminal: 'its terminal cannot be created',
  pipes: 'the pipes for its output cannot be created',
  fork: 'its process cannot be created',
  setup: 'the processes of its sandbox cannot be created',
  session: 'its session cannot be created',
  launcher: 'the launcher, which starts programs, is gone and cannot be started',
};

/** Errors of exec itself. */
const refusals: Record<string, string> = {
  ENOENT: 'its interpreter is missing (what the first line of a script names, or the loader of a binary)',
  ENOEXEC: 'it is neither a program for this machine nor a script whose first line begins with #!',
  EACCES: 'it, or its interpreter, may not be executed by the run user, or lies on a file system where nothing may be executed',
  ELOOP: 'its interpreter is a circle of links or scripts',
  E2BIG: 'its arguments and environment are too long',
  ETXTBSY: 'its file is open for writing',
  ENOMEM: 'there is not enough memory for it',
};

/** A clause about the program. `errno` is the name of the system's error, `stage` the step that failed. */
export function startFailure(errno: string, stage: string): string {
  if (stage === 'exec') return refusals[errno] ?? 'the system refuses to execute it';
  return stages[stage] ?? `${stage} (${errno})`;
}
