// pRouter's jobs as runs: created empty, started with their command, waited for, and removed with all their files.
import { Injectable } from '@nestjs/common';
import { principalOf, type Request } from '../../http/request.js';
import { CodedError } from '../../model/coded-error.js';
import type { Principal } from '../../model/roles.js';
import type { EndReason } from '../../model/states.js';
import type { ActiveRun } from '../../runs/active-run.js';
import { isolationOfCommands } from '../../runs/command-isolation.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { newRunId } from '../../runs/run-ids.js';
import { emptyRequest, type RunRequest } from '../../runs/run-request.js';
import { Runs } from '../../runs/runs.js';
import { AgentNetwork, connectionId } from './agent-identity.js';
import { commandOf, type JobStart } from './job-bodies.js';
import { type JobInfo, jobInfo, runIdOf } from './job-info.js';
import { isReady, propertyVariables, type ReachedAt, registrationMs, registrationVariables } from './port-registration.js';

/** The parameters of a job's address, as the OpenAPI describes them. */
export const jobParameters = { agent: 'from the `path` of the job', job: 'its uid' };

@Injectable()
export class Jobs {
  constructor(
    private readonly runs: Runs,
    private readonly network: AgentNetwork,
  ) {}

  /** `idempotency`: the same request gives the same job. */
  async create(owner: Principal, jobName: string, idempotency?: RunRequest['idempotency']): Promise<RunEntity> {
    const content = { exec: '' };
    const command = { definition: null, content, isolation: isolationOfCommands(owner, content), hostNetwork: true as const };
    const run = { ...emptyRequest(), ...command, idempotency, runId: newRunId(), synchronous: false, start: false, record: { jobName } };
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
      throw error instanceof CodedError && error.code === 'not_found' ? missing : error;
    });
    if (row.jobName === null) throw missing;
    return row;
  }

  show(row: RunEntity): JobInfo {
    return jobInfo(row, this.network.properties);
  }

  /** Resolves when the job has ended, or when nobody waits any more; at once when the job has not started. */
  async ended({ id }: RunEntity, gone: AbortSignal): Promise<void> {
    await this.runs.wait(id, Number.POSITIVE_INFINITY, gone);
  }

  /** Resolves when the program runs and has reported its port, if one is expected. After a failure the record is that of a finished run. */
  async start(owner: Principal, id: string, { start, reachedAt }: { start: JobStart; reachedAt: ReachedAt }): Promise<RunEntity> {
    const registerPort = start.awaitsPort ? registrationVariables(id, reachedAt) : {};
    const env = { ...propertyVariables(this.network.properties), ...start.env, ...registerPort };
    const row = await this.runs.start(owner, id, { command: { content: commandOf({ ...start, env }), awaitsPort: start.awaitsPort } });
    const run = await this.runs.wake(id);
    if (run && !(await isReady(run)) && run.row.state !== 'finished') await this.giveUp(owner, run);
    return run?.row ?? row;
  }

  /** Takes the call-back of a job's program. False when no call-back is awaited for this uid. */
  async handOver(uid: string, port: number): Promise<boolean> {
    const run = this.runs.activeRun(runIdOf(uid) ?? '');
    return run !== undefined && run.row.jobName !== null && (await run.registerPort(port));
  }

  /** Ends the job at once, whatever its state; returns the job as it was. */
  async remove(owner: Principal, row: RunEntity): Promise<RunEntity> {
    const before = { ...row };
    const run = await this.runs.wake(row.id);
    run?.stop({ signal: 'SIGKILL', graceMs: 0, error: `the job was removed by ${owner.username}` });
    await run?.ended;
    await this.runs.remove(owner, row.id);
    return before;
  }

  private async giveUp(owner: Principal, { row, ended }: ActiveRun): Promise<never> {
    const error = `the job did not call back with its port within ${registrationMs / 1000} s`;
    await this.runs.stop(owner, row.id, { signal: 'SIGKILL', graceMs: 0, error }).catch(() => {});
    await ended;
    throw new CodedError('port_missing', error);
  }
}

/** Why a start failed; undefined for a start that succeeded. */
export function startFailure({ state, endReason, success, error }: RunEntity, { awaitsPort }: JobStart): CodedError | undefined {
  if (state !== 'finished' || !(awaitsPort || endReason === 'spawn_error')) return undefined;
  if (success) return new CodedError('port_missing', 'the job ended before it called back with its port');
  return new CodedError(endReason as EndReason, error ?? 'the job has failed');
}
