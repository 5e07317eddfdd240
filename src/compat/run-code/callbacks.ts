// Callbacks: each waits for the end of its run and is then delivered, with several attempts, also across restarts of the server.
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AllowedHosts } from '../../model/allowed-hosts.js';
import { CodedError } from '../../model/coded-error.js';
import type { Principal } from '../../model/roles.js';
import { Runs } from '../../runs/runs.js';
import { type Callback, CallbackFiles } from './callback-files.js';
import { CodeSettings } from './code-settings.js';
import { type AcceptedCode, CodeError, RunCode } from './run-code.js';
import { sendCallback, webhookHeaders } from './send-callback.js';

/** The pauses between the attempts; after the last attempt the callback is given up. */
const pausesMs = [1000, 5000, 30_000, 300_000, 1_800_000, 7_200_000, 18_000_000];
/** The limit of waiting callbacks; more are refused. */
const waitingBound = 10_000;
/** The time between two looks for a run that an earlier server accepted, until the boot has taken it over. */
const lookMs = 1000;

@Injectable()
export class Callbacks implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('callbacks');
  private readonly closing = new AbortController();
  private readonly files: CallbackFiles;
  private waiting = 0;

  constructor(
    private readonly runs: Runs,
    private readonly code: RunCode,
    private readonly settings: CodeSettings,
    private readonly hosts: AllowedHosts,
  ) {
    this.files = new CallbackFiles(settings.callbackFolder);
  }

  /** Checks a callback before its run is accepted. Throws CodeError, and queue_full. */
  check(url: string): void {
    if (!this.settings.callbackSecret) throw new CodeError('callback_url', 'this server makes no callbacks: CALLBACK_SECRET is not set');
    const fault = this.hosts.fault(url);
    if (fault) throw new CodeError('callback_url', `the callback_url ${fault}`);
    if (this.waiting >= waitingBound)
      throw new CodedError('queue_full', `${waitingBound} callbacks are waiting already`, { retryAfterSeconds: 60 });
  }

  /** Stores the callback before `submit` accepts the run, so that the end of a server cannot lose it; an earlier run has its own. Returns the id of the run. */
  async with(wanted: { url: string; owner: Principal; accepted: AcceptedCode }, submit: () => Promise<string>): Promise<string> {
    const callback = { ...wanted.accepted, url: wanted.url, owner: wanted.owner, failed: 0 };
    await this.files.keep(callback);
    let runId: string | undefined;
    try {
      runId = await submit();
    } finally {
      if (runId !== callback.runId) await this.files.remove(callback.runId);
    }
    if (runId === callback.runId) void this.pursue(callback);
    return runId;
  }

  async onApplicationBootstrap(): Promise<void> {
    const damaged = (name: string, error: Error) => this.logger.error(`${name} is no callback and is passed over: ${error.message}`);
    for (const callback of await this.files.list(damaged)) void this.pursue(callback);
  }

  onApplicationShutdown(): void {
    this.closing.abort();
  }

  /** Delivers a callback with all its attempts. Never rejects. */
  private async pursue(callback: Callback): Promise<void> {
    this.waiting++;
    try {
      const body = await this.bodyOf(callback);
      while (body !== undefined && !(await this.isDone(callback, body))) {
        callback.failed++;
        await this.files.keep(callback);
        await pause(pausesMs[callback.failed - 1], null, { signal: this.closing.signal, ref: false });
      }
      await this.files.remove(callback.runId);
    } catch (error) {
      // the file of the callback stays: a delivery that the server's end breaks off waits for the next server
      if (!this.closing.signal.aborted)
        this.logger.error(`the callback of run ${callback.runId} is left to the next server: ${(error as Error).message}`);
    } finally {
      this.waiting--;
    }
  }

  /** The body of a callback, once its run has ended; undefined when the run was removed. */
  private async bodyOf(callback: Callback): Promise<string | undefined> {
    for (;;) {
      await this.runs.wait(callback.runId, Number.POSITIVE_INFINITY);
      try {
        const data = await this.code.result(callback.owner, callback);
        if (data)
          return JSON.stringify({ type: 'run.finished', timestamp: new Date().toISOString(), data: { id: callback.runId, ...data } });
      } catch (error) {
        if (error instanceof CodedError && error.code === 'not_found') return undefined;
        if (!(error instanceof CodedError && error.code === 'database_unreachable')) throw error;
      }
      await pause(lookMs, null, { signal: this.closing.signal, ref: false });
    }
  }

  /** One attempt: true when the callback is done. The settings of this server apply, also for a callback that an earlier server accepted. */
  private async isDone({ runId, url, failed }: Callback, body: string): Promise<boolean> {
    const { callbackSecret: secret } = this.settings;
    if (!secret) throw new Error('CALLBACK_SECRET is not set');
    const fault = this.hosts.fault(url);
    const headers = webhookHeaders(`msg_${runId}`, body, secret);
    const said = fault ?? (await sendCallback(url, { body, headers, hosts: this.hosts }).catch((error: Error) => error.message));
    const delivered = typeof said === 'number' && said >= 200 && said < 300;
    // 410: the receiver wants no more callbacks
    if (delivered || said === 410) return true;
    const last = fault !== undefined || failed === pausesMs.length;
    this.logger.error(`the callback of run ${runId} was not delivered (${said})${last ? ' and is given up' : ''}`);
    return last;
  }
}
