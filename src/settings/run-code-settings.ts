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
    what: 'how long code may be built and run by the run-code interface',
  },
  runMaxOutputBytes: {
    name: 'RUN_MAX_OUTPUT_SIZE',
    parse: as.sizeBytes,
    fallback: '100000',
    what: 'what code may write by the run-code interface, stdout and stderr together',
  },
  runMaxMemoryBytes: {
    name: 'RUN_MAX_MEMORY',
    parse: as.sizeBytes,
    fallback: '2GiB',
    what: 'what code and its build may use of the memory, all their processes together, by the run-code interface; where the server may make control groups',
  },
  languagesFile: {
    name: 'LANGUAGES_FILE',
    parse: as.optionalText,
    what: 'YAML or JSON list of further languages of the run-code interface, or of other commands for those that it has (docs/behaviour/run-code.md)',
  },
  callbackHosts: {
    name: 'CALLBACK_HOSTS',
    parse: as.list,
    fallback: '',
    what: "host names, addresses and ranges of addresses that a callback_url, or the url of a job's wsconnect, may lead to, separated by commas",
  },
  callbackSecret: {
    name: 'CALLBACK_SECRET',
    parse: as.optionalText,
    secret: true,
    what: 'what callbacks are signed with, as text or as whsec_ and base64; without it there are none',
  },
};
