// The settings of what one user may take of the server.
import type { SettingRow } from './setting-types.js';
import * as as from './setting-types.js';

export interface ShareSettings {
  userMaxRuns: number;
  userQueueLimit: number;
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
};
