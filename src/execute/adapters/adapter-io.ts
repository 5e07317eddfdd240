// What happens while a program runs: its message goes in, and what does not go into its log comes out.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { type EndReason, endReasons } from '../../model/states.js';
import type { LaunchedProcess } from '../../worker/launcher.js';
import type { RunContext } from '../run/run-context.js';
import { adaptersOf } from './adapters-of.js';

/** How long work that is still under way when the program has ended may take. */
const settlingMs = 5000;

export interface AdapterSession {
  /** After the end of the program, once its outcome is decided: adds what its adapters found out. */
  settle(): Promise<void>;
}

export function openAdapterSession(context: RunContext, process: LaunchedProcess): AdapterSession {
  if (context.resumed) return resume(context, process);
  const attending = new Attending(context, process);
  const { input, output } = adaptersOf(context);
  const delivered = input.deliver(context, process).then(() => (input.passing ? noteDelivery(context) : undefined));
  attending.watch(delivered, { reason: 'input_error', what: 'the message could not be delivered', awaited: input.passing });
  attending.watch(output.receive?.(context, process), { reason: 'output_error', what: 'the output could not be received', awaited: true });
  return attending;
}

async function noteDelivery({ control }: RunContext): Promise<void> {
  await mkdir(control.path, { recursive: true, mode: 0o700 });
  await writeFile(control.delivered, '', { mode: 0o600 });
}

/** What passed through the earlier server is whole or has broken off with that server: nobody can continue the transfer. */
function resume(context: RunContext, process: LaunchedProcess): AdapterSession {
  const { input, output } = adaptersOf(context);
  const cut = 'the server ended while the program ran';
  if (input.passing && !existsSync(context.control.delivered)) context.outcome.decide('input_error', `the message broke off: ${cut}`);
  if (output.passing && !existsSync(context.control.output)) context.outcome.decide('output_error', `the output broke off: ${cut}`);
  else if (output.passing) context.served = true;
  if (context.outcome.failure || context.served) process.stop({});
  return { settle: async () => {} };
}

interface Watched {
  reason: 'input_error' | 'output_error';
  /** What went wrong, for people. */
  what: string;
  /** Whether the run ends only when this work has ended. */
  awaited?: boolean;
}

class Attending implements AdapterSession {
  private ended = false;
  private readonly awaited: Promise<void>[] = [];
  private readonly late: [EndReason, string][] = [];

  constructor(
    private readonly context: RunContext,
    private readonly process: LaunchedProcess,
  ) {
    void process.ended.then(() => {
      this.ended = true;
    });
  }

  /** A failure while the program runs ends the program. A failure at the program's end says less than the end itself. */
  watch(work: Promise<void> | undefined, watched: Watched): void {
    if (!work) return;
    const settled = work.catch((error: Error) => {
      const reason = reasonOf(error) ?? watched.reason;
      const sentence: [EndReason, string] = [reason, reasonOf(error) ? error.message : `${watched.what}: ${error.message}`];
      if (this.ended) this.late.push(sentence);
      else this.context.outcome.decide(...sentence);
      this.process.stop({});
    });
    if (watched.awaited) this.awaited.push(settled);
  }

  async settle(): Promise<void> {
    if (this.awaited.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, settlingMs);
    });
    await Promise.race([Promise.all(this.awaited), tooLong]);
    clearTimeout(timer);
    for (const sentence of this.late) this.context.outcome.decide(...sentence);
  }
}

/** The reason of an error, also of a plugin's, which has its own error class. */
function reasonOf(error: Error & { code?: unknown }): EndReason | undefined {
  return endReasons.find((reason) => reason === error.code);
}
