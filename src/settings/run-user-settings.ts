// The settings of the users as whom programs run.
import * as as from './setting-types.js';

export interface RunUserSettings {
  runAs: string | undefined;
  runUids: { first: number; last: number };
  runAsUsers: string[];
}

export const runUserRows: { [Key in keyof RunUserSettings]: as.SettingRow<RunUserSettings[Key]> } = {
  runAs: {
    name: 'RUN_AS',
    parse: as.optionalText,
    what: 'the user as which programs run: dynamic (a separate uid for each run; the default if the server runs as root), or the name of a user; default otherwise: the user of the server',
  },
  runUids: { name: 'RUN_UIDS', parse: as.uidRange, fallback: '700000-765535', what: 'the user ids for RUN_AS=dynamic' },
  runAsUsers: {
    name: 'RUN_AS_USERS',
    parse: as.usersButRoot,
    fallback: '',
    what: 'the users of this machine that definitions may name in run_as, separated by commas; never root; needs a server that runs as root',
  },
};
