// The output and the log of a run.
import { Controller, Req, Res } from '@nestjs/common';
import { prefers } from '../../http/accept.js';
import { disconnectSignal } from '../../http/client-disconnect.js';
import { attachment } from '../../http/content-disposition.js';
import { parseLiveRange } from '../../http/range.js';
import { principalOf, queryOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sandboxed, sendLive } from '../../http/send-bytes.js';
import { rangeHeaders, sendRanged } from '../../http/send-ranged.js';
import { sendEmpty, sendHead } from '../../http/send-response.js';
import { chooseOutput } from '../../model/adapter-choice.js';
import { CodedError } from '../../model/coded-error.js';
import { logsStream } from '../../results/log-stream.js';
import { logText } from '../../results/log-text.js';
import { type ByteRange, Outputs } from '../../results/outputs.js';
import { streamedOutput } from '../../run-http/answer-stream.js';
import { lastEventId } from '../../run-http/event-ids.js';
import { sendEvents } from '../../run-http/event-stream.js';
import { RunAnswers } from '../../run-http/run-answers.js';
import type { ActiveRun } from '../../runs/active-run.js';
import { logsOf } from '../../runs/attempt-logs.js';
import { ParkedRun } from '../../runs/parked-run.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { Runs } from '../../runs/runs.js';
import { endFields, endHeaders } from './exit-code.js';
import { sinceOf, streamOf } from './log-query.js';
import { followOf, growingEtag, RunBytes, rawType } from './run-bytes.js';

const id = { id: 'the id of the run' };
const bytes = { '*/*': { type: 'string', format: 'binary' } };

@Controller('api/run')
export class RunResultController {
  constructor(
    private readonly runs: Runs,
    private readonly outputs: Outputs,
    private readonly answers: RunAnswers,
    private readonly bytes: RunBytes,
  ) {}

  @Route({
    verb: 'GET',
    path: ':id/output',
    access: 'viewer',
    ticket: 'again',
    summary: "Read a run's output",
    description:
      'With follow=1, or a Range to a very large last position, a run that has not ended is followed: a standard stream is sent as stdout/ and stderr/ are, any other output once the run has ended.',
    params: id,
    query: { follow: '1: follow the run to its end' },
    headers: rangeHeaders,
    answers: {
      200: {
        what: 'the output',
        body: bytes,
        headers: {
          ETag: 'stays the same: the output never changes',
          'Last-Modified': 'the end of the run',
          'Accept-Ranges': 'bytes',
          ...endHeaders,
        },
      },
      206: { what: 'a part of it', body: bytes, headers: { 'Content-Range': 'which part' } },
      304: { what: 'unchanged' },
    },
    errors: ['not_found', 'output_gone', 'run_active', 'wrong_state', 'range_not_satisfiable', 'invalid_request'],
  })
  async output(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const row = await this.runs.find(principalOf(request), request.params.id);
    if (!follows(request) || row.state === 'finished') return this.sendOutput(request, reply, row);
    const run = await this.begunRun(request, reply, row);
    if (!run) return this.sendOutput(request, reply, (await this.runs.recorded(row.id)) ?? row);
    const { definition } = run.order;
    const stream = streamedOutput(definition);
    if (run.isService)
      throw new CodedError('wrong_state', `the run ${row.id} is a service, whose output is its messages/; follow its stdout/ or stderr/`);
    if (stream && run.row.state !== 'finished') {
      const type = String(chooseOutput(definition).parameters.content_type ?? rawType);
      return this.bytes.sendGrowing(request, reply, { run, row, stream, type });
    }
    if (request.method !== 'HEAD') await run.endedOr(disconnectSignal(reply));
    await this.sendOutput(request, reply, run.row);
  }

  /** The run once it is in memory with its definition, which decides what its output is; a HEAD does not wait for that. */
  private async begunRun(request: Request, reply: Reply, { id }: RunEntity): Promise<ActiveRun | undefined> {
    const run = this.runs.followed(id);
    if (!(run instanceof ParkedRun)) return run;
    return request.method === 'HEAD' ? undefined : run.taken(disconnectSignal(reply));
  }

  private async sendOutput(request: Request, reply: Reply, row: RunEntity): Promise<void> {
    const place = outputPlace(row);
    this.outputs.check(place);
    if (row.outputName) void reply.header('content-disposition', attachment(row.outputName));
    const open = (range: ByteRange | undefined) => this.outputs.open(place, { range });
    const modifiedAtMs = row.finishedAtMs ?? undefined;
    const former = place.source === 'file' ? undefined : growingEtag(row.id, place.source, row.attempt);
    const { bytes } = place;
    void reply.headers(endFields(row));
    await sendRanged(request, reply, { etag: `"${row.id}"`, growingEtag: former, modifiedAtMs, bytes, type: row.outputType, open });
  }

  @Route({
    verb: 'GET',
    path: ':id/log',
    access: 'viewer',
    ticket: 'again',
    summary: 'Read or follow the log of a run',
    description:
      'stdout and stderr in the order in which they were read. With Accept: text/event-stream the events are state, stdout, stderr (with -base64 where the bytes are not text) and end.',
    params: id,
    query: {
      stream: 'stdout or stderr; default both',
      follow: '1: follow the log until the run has ended',
      since: 'only what was written since this time (RFC 3339), or within this duration, such as 10m',
      timestamps: '1: the time before each line; events have it always, as their field time',
    },
    headers: { Accept: 'text/event-stream for events', 'Last-Event-ID': 'where to resume' },
    answers: {
      200: { what: 'the log', body: { 'text/plain': { type: 'string' }, 'text/event-stream': { type: 'string' } } },
      204: { what: 'the client has the event `end`' },
    },
    errors: ['not_found', 'invalid_request'],
  })
  async log(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const query = queryOf(request);
    const row = await this.runs.find(principalOf(request), request.params.id);
    const stream = streamOf(query.get('stream'));
    const follow = query.get('follow') === '1';
    const sinceMs = sinceOf(query.get('since'));
    if (prefers(request.headers.accept, 'text/event-stream')) {
      const from = lastEventId(request, row);
      if (from === null) return sendEmpty(reply, 204);
      const describe = (now: RunEntity) => this.answers.describe(now);
      return sendEvents(reply, { runs: this.runs, row, stream, sinceMs, follow, from, describe });
    }
    void reply.header('content-type', 'text/plain; charset=utf-8').header('content-security-policy', sandboxed);
    if (request.method === 'HEAD') return sendHead(reply);
    const text = { stream, follow, sinceMs, timestamps: query.get('timestamps') === '1' };
    const log = logsStream(logsOf(this.runs, row, { follow, signal: disconnectSignal(reply) }), (one) => logText(one, text));
    log.once('error', (err) => request.log.warn({ err }, 'a log could not be sent to its end'));
    await (follow ? sendLive(reply, log) : reply.send(log));
  }
}

function follows(request: Request): boolean {
  return followOf(request) ?? parseLiveRange(request.headers.range) !== undefined;
}

function outputPlace(row: RunEntity) {
  if (row.state !== 'finished') throw new CodedError('run_active', `the run ${row.id} has not ended; it is ${row.state}`);
  if (row.outputSource === null) throw new CodedError('output_gone', `the run ${row.id} has no output`);
  return { runId: row.id, source: row.outputSource, bytes: row.outputBytes ?? 0 };
}
