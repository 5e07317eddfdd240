// The address of the server: whose launchers keep it, and how it is opened.
import type { Logger } from 'pino';
import type { Settings } from './config.js';
import type { Listening } from './doors/listening.js';
import { listenHelper } from './isolation.js';
import type { Machine } from './machine.js';
import type { OwnAddresses } from './protocol/own-addresses.js';
import { keeperOf } from './worker/listener-door.js';
import { ListenerKeepers } from './worker/listener-keepers.js';
import { NativeLauncher } from './worker/native-launcher.js';

/** Clients of a server that was killed wait for the next one so long, where RESTART_WAIT does not say. */
const crashWaitMs = 5000;

/** They hear of this server, so that clients wait for it. Null: only the native launcher keeps an address. */
export async function meetKeepers(
  { isolation: { launcher }, executor: { runsRoot } }: Machine,
  { restartWaitMs }: Settings,
  logger: Logger,
): Promise<ListenerKeepers | null> {
  if (!(launcher instanceof NativeLauncher)) return null;
  const terms = {
    waitMs: restartWaitMs ?? crashWaitMs,
    launcherPid: () => launcher.pid,
    orphans: () => launcher.orphans,
    tellFault: (fault: string) => logger.warn(`the launcher does not keep the address of this server for now: ${fault}`),
  };
  const keepers = new ListenerKeepers({ runsRoot, helper: listenHelper }, terms);
  launcher.onOrphan = (pid) => keepers.mind(pid);
  await keepers.meet();
  return keepers;
}

/** Throws an Error that says who has the address, where that is known. */
export async function openAddress(listening: Listening, { host, port }: Settings, addresses: OwnAddresses): Promise<void> {
  try {
    await listening.open({ host, port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const keeper = code === 'EADDRINUSE' ? await keeperOf(port, listenHelper) : undefined;
    throw keeper ? new Error(`${message}: the launcher of ${keeper.dataDir} keeps it`) : error;
  }
  addresses.list = listening.addresses;
}
