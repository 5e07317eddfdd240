// The address of the server: which launchers keep it, and how it is opened.
import type { Logger } from 'pino';
import type { Listening } from '../http/listening.js';
import type { OwnAddresses } from '../model/own-addresses.js';
import { retry } from '../model/retry.js';
import type { Settings } from '../settings/settings.js';
import { ListenerKeepers } from '../worker/listener-keepers.js';
import { keeperOf } from '../worker/listener-socket.js';
import { NativeLauncher } from '../worker/native-launcher.js';
import type { ExecutionEnvironment } from './execution-environment.js';
import { listenHelper } from './isolation.js';

/** How long clients of a server that was killed wait for the next one when RESTART_WAIT is not set. */
const crashWaitMs = 5000;
/** For how long an address is tried that another launcher still keeps: a little longer than that launcher keeps it. */
const patienceMs = 7000;
const backoff = { firstMs: 250, longestMs: 250 };

/** Tells the launchers about this server, so that clients wait for it. Null: only the native launcher keeps an address. */
export async function contactListenerKeepers(
  { isolation: { launcher }, executor: { runsRoot } }: ExecutionEnvironment,
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

/**
 * Waits for an address that a launcher keeps for a server that is gone, since the launcher may release the address soon. Throws an Error
 * that says which launcher keeps the address, where that is known.
 */
export async function openAddress(listening: Listening, { host, port }: Settings, addresses: OwnAddresses): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  const failed = async (error: Error) => {
    const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    const keeper = isTaken ? await keeperOf(port, listenHelper) : undefined;
    if (!keeper) throw error;
    if (performance.now() > untilMs) throw new Error(`${error.message}: the launcher of ${keeper.dataDir} keeps the address`);
  };
  await retry(() => listening.open({ host, port }), { backoff, failed });
  addresses.list = listening.addresses;
}
