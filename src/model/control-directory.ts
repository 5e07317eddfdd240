// Where the files of a run lie below DATA_DIR/runs: ours, mode 0700, made when first needed.

export interface ControlDirectory {
  path: string;
  log: string;
  message: string;
  /** There once the message has gone in whole, where it went by way of the server. */
  delivered: string;
  output: string;
  /** The segments of what came out of a service (message-log). */
  messages: string;
  uploads: string;
  /** What was put for a run before it has started; in `uploads`. */
  files: string;
}

/** So begins the name of what is no run, but a trial at the boot. */
export const trialPrefix = 'trial-';

/** There while a server takes the run over from an earlier one: beside its control directory, which the launcher makes and removes. */
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
