// The settings of the network of pRouter: which agents may connect to this server, and to which router this server connects.
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
    what: 'the uid by which a router knows this server as an agent; it must be different for every agent of a router',
  },
  agentProperties: {
    name: 'AGENT_PROPERTIES',
    parse: as.properties,
    fallback: '',
    what: 'properties of this machine, as name=value separated by commas; jobs get them as DA__PAGENT__name',
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
    what: 'the router to which this server connects as an agent, such as http://router:8000; a lost connection is opened again',
  },
  routerToken: {
    name: 'ROUTER_TOKEN',
    parse: as.optionalText,
    secret: true,
    what: 'the token with which this server connects to ROUTER_URL',
  },
  routerUser: {
    name: 'ROUTER_USER',
    parse: as.optionalText,
    what: 'the user of this server who owns the runs of the jobs of ROUTER_URL; needs at least the role author',
  },
};
