// The settings of pRouter's network: who may offer itself here as an agent, and to whom this server does.
import { hostname } from 'node:os';
import * as as from './setting-types.js';

export interface AgentSettings {
  agentUid: string;
  agentProperties: Record<string, string>;
  agentTokens: string[];
  routerUrl: string | undefined;
  routerToken: string | undefined;
  routerUser: string | undefined;
}

export const agentRows: { [Key in keyof AgentSettings]: as.SettingRow<AgentSettings[Key]> } = {
  agentUid: {
    name: 'AGENT_UID',
    parse: as.text,
    fallback: hostname(),
    shownFallback: 'the name of the machine',
    what: 'the uid under which routers know this server as an agent; each of theirs has another',
  },
  agentProperties: {
    name: 'AGENT_PROPERTIES',
    parse: as.properties,
    fallback: '',
    what: 'what is said of this machine, as name=value separated by commas; jobs have it as DA__PAGENT__name',
  },
  agentTokens: {
    name: 'AGENT_TOKENS',
    parse: as.list,
    fallback: '',
    secret: true,
    what: 'tokens with which agents may connect to this server as their router, separated by commas (docs/behaviour/jobs.md)',
  },
  routerUrl: {
    name: 'ROUTER_URL',
    parse: as.optionalText,
    what: 'the router to which this server offers itself as an agent, such as http://router:8000; connected again whenever it breaks',
  },
  routerToken: { name: 'ROUTER_TOKEN', parse: as.optionalText, secret: true, what: 'what is shown to that router' },
  routerUser: {
    name: 'ROUTER_USER',
    parse: as.optionalText,
    what: "the user of this server whose runs that router's jobs are; at least an author",
  },
};
