// pRouter's jobs over runs: made empty, started with their command, waited for, removed with all that they have.
import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import { CodedError } from '../../protocol/coded-error.js';
import type { Principal } from '../../protocol/roles.js';
import type { EndReason } from '../../protocol/states.js';
import type { ActiveRun } from '../../runs/active-run.js';
import { newRunId } from '../../runs/build-order.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { nothingBrought } from '../../runs/run-request.js';
import { Runs } from '../../runs/runs.js';
import { isolationOfCommands } from '../command-isolation.js';
import { basePath } from '../links.js';
import { principalOf, type Request } from '../request.js';
import { commandOf, type JobStart } from './job-bodies.js';
import { type JobInfo, jobInfo, jobUid, runIdOf } from './job-info.js';
import { AgentNetwork, connectionId } from './this-agent.js';

/** From the start of its program on. */
const handOverMs = 30_000;

/** The parameters of a job's address, as the OpenAPI describes them. */
export const jobParameters = { agent: 'from the `path` of the job', job: 'its uid' };

@Injectable()
export class Jobs {
  constructor(
    private readonly runs: Runs,
    private readonly network: AgentNetwork,
  ) {}

  async create(owner: Principal, jobName: string): Promise<RunEntity> {
    const content = { exec: '' };
    const command = { definition: null, content, isolation: isolationOfCommands(owner, content), hostNetwork: true as const };
    const run = { ...nothingBrought(), ...command, runId: newRunId(), synchronous: false, start: false, jobName };
    return this.runs.find(owner, await this.runs.submit(owner, run));
  }

  /** The run of the job that a request is about. Throws not_found, with the words of pRouter. */
  async asked(request: Request): Promise<RunEntity> {
    const viewer = principalOf(request);
    const { agent, job } = request.params;
    if (agent !== connectionId) throw new CodedError('not_found', `connection '${agent}' is not found`);
    return this.find(viewer, job);
  }

  /** Throws not_found, with the words of pRouter. */
  async find(viewer: Principal, job: string): Promise<RunEntity> {
    const missing = new CodedError('not_found', `job '${job}' is not found`);
    const row = await this.runs.find(viewer, runIdOf(job) ?? job).catch((error) => {
      throw error instanceof CodedError ? missing : error;
    });
    if (row.jobName === null) throw missing;
    return row;
  }

  show(row: RunEntity): JobInfo {
    return jobInfo(row, this.network.properties);
  }

  /** Resolves when it has ended, or at once when it has not started. */
  ended({ id }: RunEntity): Promise<void> {
    return this.runs.wait(id, Number.POSITIVE_INFINITY);
  }

  /** Resolves when the program runs and has said where it listens, if it was to. The record is of a finished run when it has failed. */
  async start(owner: Principal, id: string, { start, reachedAt }: { start: JobStart; reachedAt: ReachedAt }): Promise<RunEntity> {
    const handOver = start.awaitsPort ? handOverVariables(id, reachedAt) : {};
    const env = { ...propertyVariables(this.network.properties), ...start.env, ...handOver };
    const row = await this.runs.start(owner, id, { command: { content: commandOf({ ...start, env }), awaitsPort: start.awaitsPort } });
    const run = this.runs.activeRun(id);
    if (run && !(await isReady(run)) && run.row.state !== 'finished') await this.giveUp(owner, run);
    return run?.row ?? row;
  }

  /** A call-back of a job's program. False when none is awaited under this uid. */
  async handOver(uid: string, port: number): Promise<boolean> {
    const run = this.runs.activeRun(runIdOf(uid) ?? '');
    return run !== undefined && run.row.jobName !== null && (await run.handOverPort(port));
  }

  /** Ends it at once, whatever it does; returns what it was. */
  async remove(owner: Principal, row: RunEntity): Promise<RunEntity> {
    const before = { ...row };
    const run = this.runs.activeRun(row.id);
    run?.stop({ signal: 'SIGKILL', graceMs: 0, error: `the job was removed by ${owner.username}` });
    await run?.ended;
    await this.runs.remove(owner, row.id);
    return before;
  }

  private async giveUp(owner: Principal, { row, ended }: ActiveRun): Promise<never> {
    const error = `the job did not call back with its port within ${handOverMs / 1000} s`;
    await this.runs.stop(owner, row.id, { signal: 'SIGKILL', graceMs: 0, error }).catch(() => {});
    await ended;
    throw new CodedError('port_missing', error);
  }
}

/** Why a start was none; undefined for one that was. */
export function startFailure({ state, endReason, success, error }: RunEntity, { awaitsPort }: JobStart): CodedError | undefined {
  if (state !== 'finished' || !(awaitsPort || endReason === 'spawn_error')) return undefined;
  if (success) return new CodedError('port_missing', 'the job ended before it called back with its port');
  return new CodedError(endReason as EndReason, error ?? 'the job has failed');
}

/** Where whoever starts a job has found this server: there its program finds it as well. */
export type ReachedAt = Pick<Socket, 'localAddress' | 'localPort'>;

function handOverVariables(id: string, reached: ReachedAt): Record<string, string> {
  const address = (reached.localAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
  const host = address.includes(':') ? `[${address}]` : address;
  const scheme = 'encrypted' in reached ? 'https' : 'http';
  const endpoint = `${scheme}://${host}:${reached.localPort}${basePath()}/job_started`;
  return propertyVariables({ JOB_ENDPOINT: endpoint, JOB_ID: jobUid(id) });
}

/** By which names jobs know what is said of their machine. */
function propertyVariables(properties: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [`DA__PAGENT__${name}`, value]));
}

/** False: it has ended before, or the time is over. The time in which it waits for its turn does not count. */
async function isReady(run: ActiveRun): Promise<boolean> {
  await run.settled;
  const late = AbortSignal.timeout(handOverMs);
  while (!isListening(run) && run.row.state !== 'finished' && !late.aborted) await run.changed(late);
  return isListening(run);
}

/** Its program runs, and it is known where it listens, if it does. */
function isListening({ row }: ActiveRun): boolean {
  return row.state === 'running' && row.port !== 0;
}
