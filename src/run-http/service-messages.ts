// Delivers a message of an interface to a service: the message is complete before, and the response is its reply or the run.
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import type { Reply } from '../http/request.js';
import { chooseOutput } from '../model/adapter-choice.js';
import { CodedError } from '../model/coded-error.js';
import type { Principal } from '../model/roles.js';
import type { MessageSource } from '../model/run-order.js';
import { IdempotencyKeys, runGone } from '../runs/idempotency-keys.js';
import type { RunEntity } from '../runs/run.entity.js';
import type { RunRequest } from '../runs/run-request.js';
import { Runs } from '../runs/runs.js';
import { Services } from '../runs/services.js';
import type { Spool } from '../runs/spool.js';
import { RunAnswers } from './run-answers.js';

export interface OutgoingMessage {
  source: MessageSource;
  /** Where `source` lies when it is a file. */
  spool: Spool;
  idempotency?: RunRequest['idempotency'];
  /** How the sender is answered, where the run does not say it. */
  answer?: { status: number; location: string };
}

@Injectable()
export class ServiceMessages {
  private readonly logger = new Logger('services');

  constructor(
    private readonly runs: Runs,
    readonly services: Services,
    readonly answers: RunAnswers,
    private readonly keys: IdempotencyKeys,
  ) {}

  /** Resolves once the message was taken; the spooled files are removed then, even after a failure. */
  async deliver(caller: Principal, runId: string, { source, spool, idempotency, answer }: OutgoingMessage): Promise<Readable | null> {
    spool.hold();
    const content = contentOf(source);
    try {
      return content && (await this.services.deliverOnce(caller, runId, { key: idempotency, answer, message: content }));
    } catch (error) {
      content?.destroy();
      throw error;
    } finally {
      await spool.release(runId);
    }
  }

  /** The run that the same request has reached before, and the status of its response; null: the request is new. Throws idempotency_mismatch, and run_gone. */
  async former(request: RunRequest['idempotency']): Promise<{ row: RunEntity; status: number | null } | null> {
    const answer = request && (await this.keys.find(request));
    if (!answer) return null;
    const runId = answer.runId as string;
    const row = await this.runs.recorded(runId);
    if (!row) throw runGone(runId);
    return { row, status: answer.status };
  }

  /** Stores the key of a request that has only started the service, or found it running. */
  async remember(runId: string, { idempotency, answer }: Omit<OutgoingMessage, 'source' | 'spool'>): Promise<void> {
    if (idempotency) await this.keys.store(idempotency, { ...answer, runId });
  }

  /** Delivers a message for which nobody waits: an error is only logged, and a reply is discarded. */
  deliverLater(caller: Principal, runId: string, message: OutgoingMessage): void {
    this.leave(runId, this.deliver(caller, runId, message));
  }

  /** Responds with 200 and the reply, or with 202 and the run: when there is no reply, or when the time is up and the delivery continues. */
  async answer(reply: Reply, runId: string, { delivery, waitMs }: { delivery: Promise<Readable | null>; waitMs: number }): Promise<void> {
    const run = this.runs.activeRun(runId);
    const outcome = await inTime(delivery, waitMs);
    if (outcome === 'late') this.leave(runId, delivery);
    if (!run) {
      if (outcome !== 'late') outcome?.destroy();
      throw new CodedError('wrong_state', `the service ${runId} has ended`);
    }
    if (outcome === 'late' || outcome === null) return this.answers.sendRun(reply, 202, run.row);
    const type = chooseOutput(run.order.definition).parameters.content_type;
    void reply
      .code(200)
      .header('content-type', String(type ?? 'application/octet-stream'))
      .header('run-id', runId);
    await reply.header('content-security-policy', "sandbox; default-src 'none'").send(outcome);
  }

  /** Lets the delivery continue without waiting for it. */
  leave(runId: string, delivery: Promise<Readable | null>): void {
    const say = (error: Error) => this.logger.warn(`message for the service ${runId} was not delivered: ${error.message}`);
    delivery.then((reply) => reply?.destroy(), say);
  }
}

function contentOf(source: MessageSource): Readable | null {
  if (source.kind === 'inline') return Readable.from([Buffer.from(source.base64, 'base64')]);
  return source.kind === 'file' ? Readable.from(fileOf(source.path), { objectMode: false }) : null;
}

/** Opens the file only when it is read, which does not happen when the message is refused or was delivered before. */
async function* fileOf(path: string): AsyncGenerator<Buffer> {
  yield* createReadStream(path);
}

async function inTime<Result>(work: Promise<Result>, waitMs: number): Promise<Result | 'late'> {
  if (waitMs === Number.POSITIVE_INFINITY) return work;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), Math.min(waitMs, 2 ** 31 - 1));
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
