// Servers that are one another's agents and routers, as pRouter's machines are.
import { expect } from 'vitest';
import { until } from './restarts.js';
import { adminLogin, startServer, type TestServer } from './server.js';

export const agentToken = 'let me in';

/** Who the other machine is, and what is said of it. */
const farSettings = { AGENT_UID: 'far', AGENT_PROPERTIES: 'gpu=2,zone=north,ЮНИКОД 1=èüîû großer' };

/** What a server is started with that offers itself to `router`. */
export const agentOf = (router: TestServer) => ({
  ...farSettings,
  ROUTER_URL: router.url,
  ROUTER_TOKEN: agentToken,
  ROUTER_USER: 'admin',
});

// biome-ignore lint/suspicious/noExplicitAny: connections as they are on the wire
export const connectionsOf = async (router: TestServer): Promise<any[]> => (await router.send({ path: '/connections' })).json.connections;

/** Resolves when the router knows an agent of this uid, or none any more. */
export async function awaitAgent(router: TestServer, uid: string, there = true): Promise<void> {
  const known = async () => (await connectionsOf(router)).some(({ peer }) => peer.auth.uid === uid);
  await until(known, (is) => is === there);
}

export async function tokenOf(server: TestServer, login = adminLogin): Promise<string> {
  const { status, json, text } = await server.send({ method: 'POST', path: '/api/token/', body: { name: `of ${Math.random()}` }, login });
  expect(status, text).toBe(201);
  return json.token;
}

export interface Network {
  router: TestServer;
  far: TestServer;
  /** How a job for the far one is asked for. */
  agent: object;
  stop(): Promise<void>;
}

/** `dialled`: the router connects to its address; else it has connected itself. */
export async function startNetwork({ dialled }: { dialled: boolean }): Promise<Network> {
  const router = await startServer({ AGENT_TOKENS: agentToken, CALLBACK_HOSTS: '127.0.0.1' });
  const far = await startServer(dialled ? farSettings : agentOf(router));
  if (!dialled) await awaitAgent(router, 'far');
  const address = far.url.replace('http://', '');
  const agent = dialled ? { type: 'address', address, token: await tokenOf(far) } : { type: 'uid', uid: 'far' };
  const stop = async () => void (await Promise.all([router.stop(), far.stop()]));
  return { router, far, agent, stop };
}
