// The services: one for each definition, shared by all its users; started when needed, given messages, and followed.
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { checkParameters } from '../definitions/check-parameters.js';
import { DefinitionEntity } from '../definitions/definition.entity.js';
import { Definitions } from '../definitions/definitions.js';
import { parsedDefinition } from '../definitions/parsed-definition.js';
import { CodedError } from '../model/coded-error.js';
import { controlDirectory } from '../model/control-directory.js';
import type { Principal } from '../model/roles.js';
import { RunsRoot } from '../results/outputs.js';
import { MessageReader } from '../results/read-messages.js';
import type { ActiveRun } from './active-run.js';
import { ActiveRuns } from './active-runs.js';
import { MessageIdempotency } from './message-idempotency.js';
import type { RunEntity } from './run.entity.js';
import { newRunId } from './run-ids.js';
import { emptyRequest, type RunRequest } from './run-request.js';
import { seesRun } from './run-rows.js';
import { Runs } from './runs.js';

/** A stored definition as in its row. */
export interface ServiceDefinition {
  id: number;
  revision: number;
  /** JSON text. */
  definition: string;
  /** The owner of the run; left out: the caller. */
  ownerId?: number;
}

/** A message that a service has sent. */
export interface ServiceMessage {
  /** Counts from 1 and continues over restarts of the service. */
  id: number;
  bytes: Buffer;
  atMs: number;
}

/** `key` undefined: the message is delivered every time that it comes. `answer`: how its sender is answered, where the run does not say it. */
export interface OnceOnly {
  key: RunRequest['idempotency'];
  answer?: { status: number; location: string };
  message: Readable | Buffer;
}

/** The pause before definitions that could not be read are read again. */
const lookMs = 1000;

@Injectable()
export class Services {
  /** The services that are being started: a later caller waits for the same start. */
  private readonly starting = new Map<number, Promise<unknown>>();
  private readonly root: RunsRoot;

  constructor(
    private readonly runs: Runs,
    private readonly activeRuns: ActiveRuns,
    private readonly definitions: Definitions,
    private readonly dataSource: DataSource,
    private readonly keys: MessageIdempotency,
  ) {
    this.root = activeRuns.root;
    definitions.onRemoval(() => void this.stopOrphans());
  }

  /** Returns the id of the run of this service, which runs already or is started. */
  async ensure(owner: Principal, definition: ServiceDefinition): Promise<string> {
    const { id } = await this.start(owner, requestFor(definition));
    return id;
  }

  /** Like ensure, for a request, whose message is ignored. `isNew` false: the service already runs. Throws wrong_state, and what submit throws. */
  async start(caller: Principal, request: RunRequest & { ownerId?: number }): Promise<{ id: string; isNew: boolean }> {
    const order = { ...request, message: { kind: 'none' } as const, live: null, idempotency: undefined };
    const definitionId = request.definition?.id;
    if (definitionId === undefined) return { id: await this.runs.submit(caller, order), isNew: true };
    const before = this.starting.get(definitionId) ?? Promise.resolve();
    const started = before.then(() => this.startAlone({ ...caller, userId: request.ownerId ?? caller.userId }, order, definitionId));
    const settled = started.catch(() => {});
    this.starting.set(definitionId, settled);
    void settled.then(() => this.starting.get(definitionId) === settled && this.starting.delete(definitionId));
    return started;
  }

  /** Resolves when the program's side has taken the message: with the reply where the adapters have one. */
  async deliver(viewer: Principal, runId: string, message: Readable | Buffer): Promise<Readable | null> {
    const run = this.activeRuns.find(runId);
    if (run && (await this.maySend(viewer, run))) return run.send(Buffer.isBuffer(message) ? Readable.from([message]) : message);
    const row = await this.runs.find(viewer, runId);
    throw new CodedError('wrong_state', `the run ${runId} takes no messages: it is ${row.state}`);
  }

  /** Like deliver, but only once for this key within 24 hours: a repetition delivers nothing and has no reply. A failed delivery may be repeated. */
  async deliverOnce(viewer: Principal, runId: string, { key, answer, message }: OnceOnly): Promise<Readable | null> {
    if (!key) return this.deliver(viewer, runId, message);
    return this.keys.once({ request: key, answer: { ...answer, runId } }, () => this.deliver(viewer, runId, message));
  }

  /** Resolves to true once the service is ready; false when its present attempt ends before, when it waits for its next start, or when `signal` is aborted. */
  async whenReady(runId: string, signal: AbortSignal): Promise<boolean> {
    const run = this.activeRuns.find(runId);
    const attempt = run?.row.attempt;
    while (run && run.row.attempt === attempt && run.row.state !== 'finished' && !signal.aborted) {
      if (run.row.ready) return true;
      await run.changed(signal);
    }
    return false;
  }

  /** The messages of the service, from the first one kept or from the one after `after`; follows until the run has ended, or `signal` is aborted. */
  async *messages(runId: string, after: number, signal?: AbortSignal): AsyncGenerator<ServiceMessage> {
    const reader = new MessageReader(controlDirectory(this.root.path, runId).messages, after);
    try {
      for (;;) {
        const run = this.activeRuns.find(runId);
        const change = run && run.row.state !== 'finished' ? run.changed(signal) : undefined;
        yield* reader.pending();
        if (!change || signal?.aborted) return;
        await change;
      }
    } finally {
      await reader.close();
    }
  }

  /** The present run of this service, of any owner; null when none runs or is being started. */
  runOf(definitionId: number): Readonly<RunEntity> | null {
    return this.activeRuns.serviceOf(definitionId)?.row ?? null;
  }

  private async startAlone(owner: Principal, request: RunRequest, definitionId: number): Promise<{ id: string; isNew: boolean }> {
    for (let run = this.activeRuns.serviceOf(definitionId); run; run = this.activeRuns.serviceOf(definitionId)) {
      if (!run.stopRequested) {
        await refuseOtherParameters(owner, run, request);
        return { id: run.row.id, isNew: false };
      }
      await run.ended;
    }
    return { id: await this.runs.submit(owner, request), isNew: true };
  }

  /** Whether a user may send to a service: a user who may run its definition may. */
  private async maySend(viewer: Principal, { row }: ActiveRun): Promise<boolean> {
    if (seesRun(viewer, row)) return true;
    if (row.definitionId === null) return false;
    return (await this.definitions.rows.byId(viewer, Number(row.definitionId))) !== undefined;
  }

  /** Ends the services whose definitions were removed. Never rejects: definitions that cannot be read are read again. */
  private async stopOrphans(): Promise<void> {
    const services = [...this.activeRuns.allServices];
    if (services.length === 0) return;
    const wanted = { select: { id: true } as const, where: { id: In(services.map(([id]) => id)) } };
    const known = await this.dataSource
      .getRepository(DefinitionEntity)
      .find(wanted)
      .catch(() => null);
    if (!known) return void setTimeout(() => void this.stopOrphans(), lookMs).unref();
    const ids = new Set(known.map(({ id }) => Number(id)));
    for (const [id, run] of services) if (!ids.has(id)) run.stop({ error: 'its definition was removed' });
  }
}

function requestFor({ id, revision, definition, ownerId }: ServiceDefinition): RunRequest & { ownerId?: number } {
  return {
    ...emptyRequest(),
    runId: newRunId(),
    definition: { id, revision },
    content: parsedDefinition({ id, definition }),
    synchronous: false,
    ownerId,
  };
}

/** A service was started with its parameters, which a message cannot change. */
async function refuseOtherParameters(owner: Principal, { order, row }: ActiveRun, { parameters, uploads }: RunRequest): Promise<void> {
  if (uploads.length > 0)
    throw new CodedError('wrong_state', `the service is already running as ${row.id}; files can only be sent when it is started`);
  if (Object.keys(parameters).length === 0) return;
  const wanted = await checkParameters(owner.userId, order.definition, { ...order.parameters, ...parameters });
  const other = Object.keys(wanted).find((name) => JSON.stringify(wanted[name]) !== JSON.stringify(order.parameters[name]));
  if (other === undefined) return;
  throw new CodedError(
    'wrong_state',
    `the service is already running as ${row.id} with a different value of '${other}'; stop it first to start it with this value`,
  );
}
