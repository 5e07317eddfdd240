// The settings of what a browser gets: sessions, and the page.
import * as as from './setting-types.js';

export interface BrowserSettings {
  sessionIdleMs: number;
  sessionMaxMs: number;
  embedOrigins: string[];
}

export const browserRows: { [Key in keyof BrowserSettings]: as.SettingRow<BrowserSettings[Key]> } = {
  sessionIdleMs: {
    name: 'SESSION_IDLE',
    parse: as.durationFromOneSecondMs,
    fallback: '12h',
    what: 'how long a session lasts after its last request; the time of a request is stored once a minute',
  },
  sessionMaxMs: {
    name: 'SESSION_MAX',
    parse: as.durationFromOneSecondMs,
    fallback: '30d',
    what: 'how long a session lasts after the sign-in at most',
  },
  embedOrigins: {
    name: 'EMBED_ORIGINS',
    parse: as.origins,
    fallback: '',
    what: 'origins whose pages may show the forms below /ui/embed/ in a frame, separated by commas, such as https://wiki.example.org',
  },
};
