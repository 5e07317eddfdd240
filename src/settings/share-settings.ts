// The settings of what one user, and one run, may take of the server.
import type { SettingRow } from './setting-types.js';
import * as as from './setting-types.js';

export interface ShareSettings {
  userMaxRuns: number;
  userQueueLimit: number;
  userMaxBytes: number | undefined;
  maxProcesses: number;
  maxFileBytes: number;
}

export const shareRows: { [Key in keyof ShareSettings]: SettingRow<ShareSettings[Key]> } = {
  userMaxRuns: {
    name: 'USER_MAX_RUNS',
    parse: as.wholeNumber,
    fallback: '200',
    what: 'how many runs of one user are active at once, over all lanes and without services; more wait; 0: no limit',
  },
  userQueueLimit: {
    name: 'USER_QUEUE_LIMIT',
    parse: as.wholeNumber,
    fallback: '10000',
    what: 'how many runs of one user may wait, but never more than half of QUEUE_LIMIT; more of this user are refused with 503',
  },
  userMaxBytes: {
    name: 'USER_MAX_BYTES',
    parse: as.sizeBytes,
    shownFallback: 'half of RETENTION_BYTES',
    what: 'how much disk space the runs of one user may take, finished, waiting and active ones together; beyond this new runs of this user are refused with 507, the largest active one is ended, and the oldest of this user are removed, but none younger than a day; 0: no limit',
  },
  maxProcesses: {
    name: 'MAX_PROCESSES',
    parse: as.numberFromOne,
    fallback: '4096',
    what: 'the largest limits.processes of a definition; 1024 applies where a definition says nothing',
  },
  maxFileBytes: {
    name: 'MAX_FILE_SIZE',
    parse: as.sizeBytes,
    fallback: '100GiB',
    what: 'the largest limits.file_size of a definition; 10GiB applies where a definition says nothing',
  },
};
