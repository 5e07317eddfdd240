// The paths of the files of a run below DATA_DIR/runs, in a folder of the server with mode 0700 that is created when first needed.

export interface ControlDirectory {
  path: string;
  log: string;
  message: string;
  /** Exists once the message was delivered completely, if it went through the server. */
  delivered: string;
  output: string;
  /** The segments of the messages of a service (message-log). */
  messages: string;
  uploads: string;
  /** The files that were put for a run before its start; in `uploads`. */
  files: string;
}

/** The names of trials at the boot, which are not runs, begin like this. */
export const trialPrefix = 'trial-';

/** Exists while a server takes over the run from an earlier one. The mark lies next to the control directory, which the launcher creates and removes. */
export function takeoverMark(runsRoot: string, runId: string): string {
  return `${runsRoot}/${runId}.takeover`;
}

/** `runsRoot` is DATA_DIR/runs. */
export function controlDirectory(runsRoot: string, runId: string): ControlDirectory {
  const path = `${runsRoot}/${runId}`;
  const uploads = `${path}/uploads`;
  return {
    path,
    log: `${path}/log`,
    message: `${path}/message`,
    delivered: `${path}/delivered`,
    output: `${path}/output`,
    messages: `${path}/messages`,
    uploads,
    files: `${uploads}/files`,
  };
}
