// The settings of the run-code interface.
import * as as from './setting-types.js';

export interface RunCodeSettings {
  runMaxExecutionMs: number;
  runMaxOutputBytes: number;
  runMaxMemoryBytes: number;
  languagesFile: string | undefined;
  callbackHosts: string[];
  callbackSecret: string | undefined;
}

export const runCodeRows: { [Key in keyof RunCodeSettings]: as.SettingRow<RunCodeSettings[Key]> } = {
  runMaxExecutionMs: {
    name: 'RUN_MAX_EXECUTION_TIME',
    parse: as.durationMs,
    fallback: '15',
    what: 'how long the run-code interface may build and run code',
  },
  runMaxOutputBytes: {
    name: 'RUN_MAX_OUTPUT_SIZE',
    parse: as.sizeBytes,
    fallback: '100000',
    what: 'limit of the output of code of the run-code interface, stdout and stderr together',
  },
  runMaxMemoryBytes: {
    name: 'RUN_MAX_MEMORY',
    parse: as.sizeBytes,
    fallback: '2GiB',
    what: 'limit of the memory of code of the run-code interface and of its build, for all their processes together; applies only where the server can create control groups',
  },
  languagesFile: {
    name: 'LANGUAGES_FILE',
    parse: as.optionalText,
    what: 'file with a YAML or JSON list of additional languages of the run-code interface, or of other commands for existing ones (docs/behaviour/run-code.md)',
  },
  callbackHosts: {
    name: 'CALLBACK_HOSTS',
    parse: as.list,
    fallback: '',
    what: 'host names, addresses and ranges of addresses that are allowed in callback_url and in the url of wsconnect of a job, separated by commas',
  },
  callbackSecret: {
    name: 'CALLBACK_SECRET',
    parse: as.optionalText,
    secret: true,
    what: 'the secret with which callbacks are signed, as text or as whsec_ and base64; without it callbacks are not sent',
  },
};
