// The answer to a run of the procaas interface: its output, whole or as it is written, or its failure as 400 with the reason.
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { disconnectSignal } from '../../http/client-disconnect.js';
import { sendLive } from '../../http/send-bytes.js';
import { runUri } from '../../http/urls.js';
import { errorCodes } from '../../model/error-codes.js';
import type { LogSource } from '../../model/log-source.js';
import { logUntil } from '../../model/log-until.js';
import { readStream } from '../../model/read-frames.js';
import type { EndReason } from '../../model/states.js';
import { saysAnything } from '../../run-http/answer-stream.js';
import { outputExcerpts } from '../../run-http/output-excerpts.js';
import { RunAnswers } from '../../run-http/run-answers.js';
import type { ActiveRun } from '../../runs/active-run.js';
import type { RunEntity } from '../../runs/run.entity.js';
import type { OutputMode } from './command.js';

@Injectable()
export class ProcessAnswers {
  constructor(private readonly answers: RunAnswers) {}

  async send(reply: FastifyReply, run: ActiveRun, mode: OutputMode): Promise<void> {
    void reply.header('run-id', run.row.id);
    const log = run.openLog();
    if (mode === 'chunkedStdout' && (await sendChunks(reply, run))) return log.close();
    await run.ended;
    await this.sendEnded(reply, run.row, log);
  }

  /** Sends the output, or the failure, of a run that has ended. */
  async sendEnded(reply: FastifyReply, row: RunEntity, log: LogSource): Promise<void> {
    if (row.success) await this.answers.sendResult(reply.header('run-id', row.id), row, { log });
    else await sendFailure(reply.header('run-id', row.id), row, log);
  }
}

/** The exception names are those of the original; the sentence is ours. */
export function reasonOf({ endReason, error }: RunEntity): string {
  return endReason === 'timeout' ? 'ProcessTimeoutException: Process timeout' : `ProcessException: ${error}`;
}

/** Sends output as it is written. Once a byte is sent the status is 200, whatever follows. False: no byte was sent, and none will be. */
async function sendChunks(reply: FastifyReply, run: ActiveRun): Promise<boolean> {
  const gone = disconnectSignal(reply);
  if (!(await saysAnything(logUntil(run.openLog(), gone), 'stdout'))) {
    await run.ended;
    if (!run.row.success) return false;
  }
  void reply.code(200).header('content-type', 'text/plain; charset=utf-8').header('content-security-policy', "sandbox; default-src 'none'");
  await sendLive(reply, Readable.from(chunksOf(run, logUntil(run.openLog(), gone)), { objectMode: false }));
  return true;
}

async function* chunksOf(run: ActiveRun, log: LogSource): AsyncGenerator<Buffer> {
  const words = run.openLog();
  let last: number | undefined;
  try {
    for await (const bytes of readStream(log, { stream: 'stdout', follow: true })) {
      last = bytes.at(-1);
      yield bytes;
    }
    await run.ended;
    if (run.row.success) return;
    const { stderr } = await outputExcerpts(words);
    yield Buffer.from(`${last === undefined || last === 10 ? '' : '\n'}${reasonOf(run.row)}\n${stderr}`);
  } finally {
    await words.close();
  }
}

async function sendFailure(reply: FastifyReply, row: RunEntity, log: LogSource): Promise<void> {
  const code = row.endReason as EndReason;
  const reason = reasonOf(row);
  const problem = {
    type: 'about:blank',
    title: errorCodes[code],
    status: 400,
    detail: reason,
    code,
    error: reason,
    run: runUri(row.id),
    exit_code: row.exitCode,
    signal: row.signal,
    ...(await outputExcerpts(log)),
  };
  if (row.exitCode !== null) void reply.header('exit-code', String(row.exitCode));
  await reply
    .code(400)
    .header('content-type', 'application/problem+json')
    .send(Buffer.from(JSON.stringify(problem)));
}
