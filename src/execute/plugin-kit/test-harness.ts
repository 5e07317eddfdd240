// The test harness for adapters: real programs in their own folders, started by child_process, without a server.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { CodedError } from '../../model/coded-error.js';
import { controlDirectory } from '../../model/control-directory.js';
import type { ProcessDefinition } from '../../model/definition.js';
import { decodeHead, frameHeadBytes, type LogStream, logStreams } from '../../model/log-format.js';
import { OwnAddresses } from '../../model/own-addresses.js';
import { ResourceScope } from '../../model/resource-scope.js';
import { RunAsUsers } from '../../model/run-as-users.js';
import type { RunEvent } from '../../model/run-event.js';
import type { MessageSource, RunOrder } from '../../model/run-order.js';
import type { RunResult } from '../../model/run-result.js';
import type { ExecutingRun, RunTask } from '../../model/run-task.js';
import { Shortage } from '../../model/shortage.js';
import { ChildProcessLauncher } from '../../worker/child-process-launcher.js';
import type { LaunchedProcess } from '../../worker/launcher.js';
import { FixedRunUser } from '../directories/run-users.js';
import { WorkDirectories } from '../directories/work-directories.js';
import { prepareLaunch } from '../prepare-launch.js';
import { placeInputs, prepareRun } from '../prepare-run.js';
import { ControlGroups } from '../run/control-groups.js';
import { FirstEndReason } from '../run/end-reason.js';
import type { ExecutorSettings } from '../run/executor-settings.js';
import type { RunContext } from '../run/run-context.js';
import { runProcess } from '../run-process.js';

export interface Tried {
  result: RunResult;
  /** The message that came out; null: none. */
  output: Buffer | null;
}

export interface Sent {
  source?: MessageSource;
  live?: Readable;
  outputLimitBytes?: number;
}

export class TestHarness {
  private readonly folder = mkdtempSync(join(tmpdir(), 'procreg-adapter-'));
  private readonly settings: ExecutorSettings = {
    launcher: new ChildProcessLauncher(join(this.folder, 'runs')),
    level: 'process',
    isolation: 'process',
    sandbox: null,
    masked: [],
    controlGroups: ControlGroups.none(),
    bounds: { processes: 1024, fileBytes: 2 ** 30 },
    workDirectories: new WorkDirectories(this.folder, { users: new FixedRunUser(null), prefix: 'trial', usersReturn: false }),
    runAsUsers: new RunAsUsers([], { obstacle: 'adapters are tried as the own user', runUids: null }),
    runsRoot: join(this.folder, 'runs'),
    keptInputBytes: 0,
    runPath: '/usr/local/bin:/usr/bin:/bin',
    passedEnvironment: {},
    graceMs: 1000,
    ownAddresses: new OwnAddresses(),
    shortage: new Shortage(),
  };
  private runs = 0;

  /** Starts a run of the definition and waits for its end. */
  async run(definition: ProcessDefinition, sent: Sent = {}): Promise<Tried> {
    const { run, result } = this.begin(definition, sent);
    await run.finished;
    const ended = await result;
    return { result: ended.result, output: this.outputOf(ended.runId, ended.result) };
  }

  /** `started` resolves once the program runs. */
  begin(definition: ProcessDefinition, sent: Sent): Begun {
    const task = this.task(definition, sent);
    let finish: Begun['finish'] = () => {};
    let start = () => {};
    const result = new Promise<Ended>((resolve) => {
      finish = resolve;
    });
    const started = new Promise<void>((resolve) => {
      start = resolve;
    });
    const emit = async (event: RunEvent) => {
      if (event.type === 'started') start();
      if (event.type === 'finished') finish({ runId: task.order.runId, result: event.result });
    };
    return { run: runProcess({ ...task, emit }, this.settings, null), started, result, finish };
  }

  /** Starts a service, as far as its adapters are concerned. */
  async serve(definition: ProcessDefinition): Promise<{ context: RunContext; process: LaunchedProcess }> {
    const task = this.task({ ...definition, process_type: 'service' }, {});
    const context = await prepareRun(task, { outcome: new FirstEndReason(), scope: new ResourceScope(), settings: this.settings });
    await placeInputs(context);
    const process = await this.settings.launcher.launch(await prepareLaunch(context, this.settings));
    return { context, process };
  }

  /** Named pipes that are still there when the folders of runs have been put away. */
  async pipesLeft(): Promise<string[]> {
    const untilMs = performance.now() + 2000;
    for (;;) {
      const found = readdirSync(this.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFIFO());
      if (found.length === 0 || performance.now() > untilMs) return found.map(({ name }) => name);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** A message that is sent as one without a length is: spooled to a file. */
  spooled(message: Buffer): Sent {
    const path = join(this.folder, 'message');
    writeFileSync(path, message);
    return { source: { kind: 'file', path } };
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private task(definition: ProcessDefinition, { source = { kind: 'none' }, live, outputLimitBytes = 2 ** 30 }: Sent): RunTask {
    const order: RunOrder = {
      runId: `trial-${++this.runs}`,
      ownerId: 1,
      definitionId: 1,
      definition,
      parameters: {},
      message: live ? { kind: 'live' } : source,
      uploads: [],
      inputFile: {},
      outputFile: {},
      traceparent: '',
      lane: 'io',
      priority: 0,
      timeoutMs: (definition.timeout ?? 30) * 1000,
      outputLimitBytes,
      isolation: null,
      hostNetwork: false,
    };
    return {
      order,
      message: live ?? null,
      acceptedAtMs: Date.now(),
      former: null,
      attempt: 1,
      pauseMs: 0,
      after: null,
      check: null,
      emit: async () => {},
    };
  }

  private outputOf(runId: string, { output, log }: RunResult): Buffer | null {
    if (!output) return null;
    const control = controlDirectory(this.settings.runsRoot, runId);
    if (output.source === 'file') return readFileSync(control.output);
    return streamOf(log ?? readFileSync(control.log), output.source);
  }
}

interface Ended {
  runId: string;
  result: RunResult;
}

interface Begun {
  run: ExecutingRun;
  started: Promise<void>;
  result: Promise<Ended>;
  finish: (ended: Ended) => void;
}

function streamOf(log: Buffer, stream: LogStream): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < log.length; ) {
    const head = decodeHead(log, at);
    at += frameHeadBytes + head.lengthBytes;
    if (head.stream === stream && logStreams.includes(head.stream)) parts.push(log.subarray(at - head.lengthBytes, at));
  }
  return Buffer.concat(parts);
}

/** A message that is sent as small messages are: inline. */
export const inline = (text: string | Buffer): Sent => ({ source: { kind: 'inline', base64: Buffer.from(text).toString('base64') } });

/** A message that is sent as large messages are: piece by piece. */
export const live = (...pieces: Buffer[]): Sent => ({ live: Readable.from(pieces) });

/** A check that has failed. */
export class CheckError extends Error {}

export function same(found: unknown, wanted: unknown, what: string): void {
  const [one, other] = [found, wanted].map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value)));
  if (one === other) return;
  throw new CheckError(`${what}: ${String(one).slice(0, 300)} instead of ${String(other).slice(0, 300)}`);
}

/** Rejects with timeout when `work` takes longer than `ms`. */
export async function within<Value>(ms: number, what: string, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new CodedError('timeout', `${what} took longer than ${ms} ms`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
