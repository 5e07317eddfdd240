// Responds with a run: as JSON, as its output, or as its failure.
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Users } from '../accounts/users.js';
import { statusOf } from '../http/error-table.js';
import { sendBytes } from '../http/send-bytes.js';
import { sendJson } from '../http/send-response.js';
import { outputUri, runUri } from '../http/urls.js';
import { errorCodes } from '../model/error-codes.js';
import type { LogSource } from '../model/log-source.js';
import { readSmallStream } from '../model/read-frames.js';
import type { EndReason } from '../model/states.js';
import { Outputs } from '../results/outputs.js';
import type { RunEntity } from '../runs/run.entity.js';
import { outputExcerpts } from './output-excerpts.js';
import { type RunBody, runBody } from './run-body.js';

/** What a response is made of beside the record; `hint`: what may be the cause of a failure. */
interface Told {
  log: LogSource;
  hint?: string | null;
}

@Injectable()
export class RunAnswers {
  constructor(
    private readonly outputs: Outputs,
    private readonly users: Users,
  ) {}

  async sendRun(reply: FastifyReply, status: number, row: RunEntity): Promise<void> {
    if (status === 202) void reply.header('location', runUri(row.id));
    sendJson(reply.header('run-id', row.id), status, await this.describe(row));
  }

  async describe(row: RunEntity): Promise<RunBody> {
    const [owner] = await this.ownersOf([row]);
    return runBody(row, owner);
  }

  /** The names of the owners, in the order of the rows. */
  async ownersOf(rows: RunEntity[]): Promise<(string | null)[]> {
    const names = await this.users.names([...new Set(rows.map((row) => row.ownerId))]);
    return rows.map((row) => names.get(row.ownerId) ?? null);
  }

  /** The response for a caller that waited: the output, the run when there is none, or the failure. */
  async sendResult(reply: FastifyReply, row: RunEntity, { log, hint }: Told): Promise<void> {
    void reply.header('run-id', row.id);
    if (row.exitCode !== null) void reply.header('exit-code', String(row.exitCode));
    if (!row.success) return this.sendFailure(reply, row, { log, hint });
    if (row.outputSource === null) {
      await log.close();
      return this.sendRun(reply, 200, row);
    }
    void reply.code(200).header('content-type', row.outputType).header('content-location', outputUri(row.id));
    const small = row.outputSource === 'file' ? null : await readSmallStream(log, row.outputSource);
    if (small || row.outputSource === 'file') await log.close();
    await sendBytes(reply, small ?? (await this.openOutput(row, log)), row.outputBytes ?? 0);
  }

  private openOutput({ id, outputSource: source, outputBytes }: RunEntity, log: LogSource): Promise<Readable> {
    const place = { runId: id, source: source!, bytes: outputBytes ?? 0 };
    return this.outputs.open(place, { log: source === 'file' ? undefined : log });
  }

  /** Responds as in RFC 9457, with excerpts of the output. Clients do not repeat requests with these statuses by themselves. */
  async sendFailure(reply: FastifyReply, row: RunEntity, { log, hint }: Told): Promise<void> {
    const code = row.endReason as EndReason;
    const excerpts = await outputExcerpts(log);
    const problem = {
      type: 'about:blank',
      title: errorCodes[code],
      status: statusOf[code],
      detail: row.error,
      code,
      error: row.error,
      ...(hint && { hint }),
      run: runUri(row.id),
      exit_code: row.exitCode,
      signal: row.signal,
      ...excerpts,
      output: row.outputSource === null ? null : outputUri(row.id),
    };
    void reply.code(statusOf[code]).header('content-type', 'application/problem+json').header('content-location', outputUri(row.id));
    await reply.send(Buffer.from(JSON.stringify(problem)));
  }
}
