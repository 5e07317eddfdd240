// One stream of a run as bytes: live to the end of the run, what is there already, or a part (RFC 9110 section 14, RFC 8673).
// A response belongs to one attempt of the run: the next attempt begins another log, so that the connection is cut.
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { disconnectSignal } from '../../http/client-disconnect.js';
import { parseLiveRange, parseOpenRange } from '../../http/range.js';
import { queryOf, type Reply, type Request } from '../../http/request.js';
import { sandboxed, sendBytes, sendLive } from '../../http/send-bytes.js';
import { rangeOr416, sendRanged, usedRange } from '../../http/send-ranged.js';
import { sendHead } from '../../http/send-response.js';
import { wholeStream } from '../../http/whole-stream.js';
import { CodedError } from '../../model/coded-error.js';
import type { LogStream } from '../../model/log-format.js';
import type { AttemptLog, LogSource } from '../../model/log-source.js';
import { logUntil } from '../../model/log-until.js';
import { type BytesPart, streamPart } from '../../results/stream-part.js';
import { type Logged, StreamPositions } from '../../results/stream-positions.js';
import type { ActiveRun } from '../../runs/active-run.js';
import { logsOf } from '../../runs/attempt-logs.js';
import type { ParkedRun } from '../../runs/parked-run.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { Runs } from '../../runs/runs.js';
import { endFields } from './exit-code.js';

export const rawType = 'application/octet-stream';

interface Wanted {
  stream: LogStream;
  /** The Content-Type while the run has not ended. */
  type: string;
}

/** A run that has not ended; a queued one may be parked, and stays so until its turn. */
type Followed = ActiveRun | ParkedRun;

/** The log of the attempt that is sent, and those of the attempts that may follow. */
interface Growing extends Wanted {
  id: string;
  run: Followed;
  attempt: number;
  log: LogSource;
  /** Opens the log once more. */
  open: () => LogSource;
  later: AsyncGenerator<AttemptLog>;
}

@Injectable()
export class RunBytes {
  constructor(
    private readonly runs: Runs,
    private readonly positions: StreamPositions,
  ) {}

  /** Throws wrong_state for a run that was only created, not_found for one that was just removed, range_not_satisfiable, invalid_request. */
  async send(request: Request, reply: Reply, { row, stream }: { row: RunEntity; stream: LogStream }): Promise<void> {
    const run = this.runs.followed(row.id);
    if (run && run.row?.state !== 'finished') return this.sendGrowing(request, reply, { run, row, stream, type: rawType });
    await this.sendWhole(request, reply, { row: await this.lastRecord(row, run), stream });
  }

  private async lastRecord({ id }: RunEntity, run: Followed | undefined): Promise<RunEntity> {
    const row = run?.row ?? (await this.runs.recorded(id));
    if (!row) throw new CodedError('not_found', `there is no run ${id}`);
    if (row.state !== 'finished') throw new CodedError('wrong_state', `the run ${id} was not started: it is ${row.state}`);
    return row;
  }

  /** Sends the stream of a run that has not ended. */
  async sendGrowing(request: Request, reply: Reply, { run, row, stream, type }: Wanted & { run: Followed; row: RunEntity }): Promise<void> {
    const follow = followOf(request);
    const gone = disconnectSignal(reply);
    const later = logsOf(this.runs, row, { follow: true, signal: gone });
    const first = (await later.next()).value as AttemptLog | undefined;
    if (!first?.source) return gone.aborted ? undefined : this.sendWhole(request, reply, { row: await this.lastRecord(row, run), stream });
    const { attempt, source } = first;
    const { id } = row;
    const open = () => logUntil(source.openLog(), gone);
    const growing: Growing = { id, run, stream, type, attempt, log: logUntil(first.log, gone), open, later };
    void reply.header('accept-ranges', 'bytes').header('etag', growingEtag(id, stream, attempt));
    void reply.header('content-type', type).header('content-security-policy', sandboxed).header('run-id', id);
    try {
      await this.sendWanted(request, reply, { growing, follow });
    } catch (error) {
      await growing.log.close();
      throw error;
    }
  }

  private async sendWanted(request: Request, reply: Reply, { growing, follow }: { growing: Growing; follow?: boolean }): Promise<void> {
    const range = usedRange(request, [growingEtag(growing.id, growing.stream, growing.attempt)]);
    const live = parseLiveRange(range) ?? (follow ? parseOpenRange(range) : undefined);
    if (live) {
      void reply.code(206).header('content-range', `bytes ${live.start}-${live.last}/*`);
      return this.follow(request, reply, { growing, start: live.start });
    }
    if (range === undefined && follow !== false) return this.follow(request, reply, { growing, start: 0 });
    await growing.log.sized();
    const bytes = await this.count(growing);
    const part = rangeOr416(range, reply, bytes);
    if (!part && follow !== false) return this.follow(request, reply, { growing, start: 0 });
    const { start, end } = part ?? { start: 0, end: bytes - 1 };
    if (part) void reply.code(206).header('content-range', `bytes ${start}-${end}/*`);
    const length = end + 1 - start;
    if (request.method === 'HEAD') return this.head(reply.header('content-length', String(length)), growing);
    await sendBytes(reply, this.readable(loggedOf(growing), { stream: growing.stream, start, bytes: length }), length);
  }

  /** Sends what is there from `start` on, and then what comes. The end of the run is in trailers, which HTTP/1.0 does not know. */
  private async follow(request: Request, reply: Reply, { growing, start }: { growing: Growing; start: number }): Promise<void> {
    if (request.method === 'HEAD') return this.head(reply, growing);
    if (start > 0) {
      await growing.log.sized();
      await this.count(growing);
    }
    const hasTrailers = request.raw.httpVersion !== '1.0';
    if (hasTrailers) void reply.header('trailer', 'Exit-Code, End-Reason');
    const { id, run, stream, log, later } = growing;
    const record = async () => run.row ?? (await this.runs.recorded(id));
    const part = this.part(loggedOf(growing), { stream, start, follow: true });
    const content = async function* () {
      const end = yield* part;
      await endOrNext(id, later);
      const row = await record();
      // the client has gone
      if (row?.state !== 'finished') return;
      if (end < start) throw new Error(`${stream} of the run ${id} has ended at ${end}, before ${start}`);
      if (hasTrailers) reply.raw.addTrailers(endFields(row));
    };
    await sendLive(reply, closing(Readable.from(content(), { objectMode: false }), log));
  }

  private async head(reply: Reply, { log }: Growing): Promise<void> {
    await log.close();
    sendHead(reply);
  }

  private async count(growing: Growing): Promise<number> {
    return (await this.positions.count({ ...loggedOf(growing), log: growing.open() }))[growing.stream];
  }

  private part(logged: Logged, part: BytesPart): AsyncGenerator<Buffer, number> {
    const mark = this.positions.before(logged, part.stream, part.start ?? 0);
    return streamPart(logged.log, { ...part, mark, passed: (to) => this.positions.note(logged, to) });
  }

  /** `bytes` of the stream from `start` on. */
  private readable(logged: Logged, { stream, start, bytes }: { stream: LogStream; start: number; bytes: number }): Readable {
    const part = this.part(logged, { stream, start, end: start + bytes });
    return wholeStream(closing(Readable.from(part, { objectMode: false }), logged.log), bytes);
  }

  private async sendWhole(request: Request, reply: Reply, { row, stream }: { row: RunEntity; stream: LogStream }): Promise<void> {
    const { id, attempt } = row;
    const opened = async () => ({ runId: id, attempt, log: await this.runs.log(id) });
    const bytes = (row.outputSource === stream ? row.outputBytes : null) ?? (await this.positions.count(await opened()))[stream];
    void reply.headers(endFields(row)).header('run-id', id);
    await sendRanged(request, reply, {
      etag: `"${id}-${stream}-${attempt}"`,
      growingEtag: growingEtag(id, stream, attempt),
      modifiedAtMs: row.finishedAtMs ?? undefined,
      bytes,
      type: rawType,
      open: async ({ start, end } = { start: 0, end: bytes - 1 }) =>
        this.readable(await opened(), { stream, start, bytes: end + 1 - start }),
    });
  }
}

/** The ETag while the stream grows: another one than that of the whole, which a client with a part must not take for its own. */
export function growingEtag(id: string, stream: LogStream, attempt: number): string {
  return `"${id}-${stream}-${attempt}-growing"`;
}

/** The query parameter follow; undefined: absent. Throws invalid_request. */
export function followOf(request: Request): boolean | undefined {
  const text = queryOf(request).get('follow');
  if (text === null) return undefined;
  if (text === '0' || text === '1') return text === '1';
  throw new CodedError('invalid_request', `follow must be 0 or 1, got '${text}'`);
}

/** Resolves when the run has ended or its client has gone; throws when another attempt has begun, so that the connection is cut. */
async function endOrNext(id: string, later: AsyncGenerator<AttemptLog>): Promise<void> {
  const next = (await later.next()).value as AttemptLog | undefined;
  if (!next) return;
  await next.log.close();
  throw new Error(`attempt ${next.attempt} of the run ${id} has begun`);
}

function closing(readable: Readable, log: LogSource): Readable {
  return readable.once('close', () => void log.close().catch(() => {}));
}

function loggedOf({ id, attempt, log }: Growing): Logged {
  return { runId: id, attempt, log };
}
