// The settings of what is kept of runs that have ended.
import type { SettingRow } from './setting-types.js';
import * as as from './setting-types.js';

export interface RetentionSettings {
  keepInputBytes: number;
  keptEvents: number;
  retentionDays: number;
  retentionBytes: number;
}

export const retentionRows: { [Key in keyof RetentionSettings]: SettingRow<RetentionSettings[Key]> } = {
  keepInputBytes: {
    name: 'KEEP_INPUT',
    parse: as.sizeBytes,
    fallback: '1MiB',
    what: 'how large the message and the files of a run may be together to be kept with the run, so that it can be repeated, unless its definition says otherwise; 0: they are not kept',
  },
  keptEvents: {
    name: 'KEEP_EVENTS',
    parse: as.countOfEvents,
    fallback: '10000',
    what: 'how many of the last events are in memory for clients of /api/event/ that come back; they take 1 KiB each at most, on average',
  },
  retentionDays: {
    name: 'RETENTION_DAYS',
    parse: as.days,
    fallback: '30',
    what: 'how many days a run is kept after its end, or after its creation if it was never started, unless its definition says otherwise; 0: forever',
  },
  retentionBytes: {
    name: 'RETENTION_BYTES',
    parse: as.sizeBytes,
    fallback: '10GiB',
    what: 'how much disk space finished runs may take; beyond this the oldest are removed, but none younger than a day; 0: no limit',
  },
};
