// What changes, as it changes: /api/event/, as Server-Sent Events or over a WebSocket.
import { Controller, Req, Res } from '@nestjs/common';
import { Events } from '../../events/events.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendHead } from '../../http/send-response.js';
import { writeShared } from '../../http/shared-chunk.js';
import { drained, sendEventStream } from '../../http/sse.js';
import { wantsUpgrade } from '../../http/upgrade.js';
import { farewells, webSocketOf } from '../../http/web-socket.js';
import { CodedError } from '../../model/coded-error.js';
import { checkOffset } from '../../model/read-frames.js';
import { endId, offsetOf } from '../../run-http/event-ids.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { Runs } from '../../runs/runs.js';
import { type EventQuery, readEventQuery } from './event-query.js';
import { EventReaders } from './event-readers.js';
import type { LogPoints } from './resume-point.js';
import { followLog } from './run-logs.js';
import { frames, type Outlet, sse } from './wires.js';

/** What is to be followed, found and allowed. */
interface Wanted {
  request: Request;
  query: EventQuery;
  rows: RunEntity[];
  logs: LogPoints;
}

@Controller('api/event')
export class EventController {
  constructor(
    private readonly readers: EventReaders,
    private readonly events: Events,
    private readonly runs: Runs,
  ) {}

  @Route({
    verb: 'GET',
    access: 'viewer',
    ticket: 'once',
    summary: 'Follow what changes: definitions, runs, services, bindings, lanes, users',
    description:
      'CloudEvents 1.0 as Server-Sent Events, or as text frames of a WebSocket, of everything that you may see. docs/behaviour/events.md has the types. ' +
      'The first event is events.opened; where events may be missing before, it is events.lost: read the lists again. A parameter may begin with a dash, such as -run.',
    query: {
      after: 'the id of the last event that you have, where Last-Event-ID cannot be sent',
      run: 'the ids of at most 16 runs, separated by commas, whose logs are followed as well',
      type: 'beginnings of the types that you want, such as run.finished,definition',
    },
    headers: { 'Last-Event-ID': 'where to resume' },
    answers: {
      101: { what: 'the same over a WebSocket' },
      200: { what: 'the events, until the client disconnects', body: { 'text/event-stream': { type: 'string' } } },
    },
    errors: ['invalid_request', 'not_found'],
  })
  async follow(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const query = readEventQuery(request);
    const wanted = { request, query, ...(await this.findRuns(request, query)) };
    if (wantsUpgrade(request)) return this.overWebSocket(wanted, reply);
    if (request.method === 'HEAD') return sendHead(reply.header('content-type', 'text/event-stream'));
    await sendEventStream(reply, async (raw, gone) => {
      const ended = Promise.withResolvers<null>();
      const outlet = { wire: sse, write: writeShared.bind(null, raw), drained: () => drained(raw), end: () => ended.resolve(null) };
      await this.read(wanted, outlet, Promise.race([gone, ended.promise]));
    });
  }

  private async overWebSocket(wanted: Wanted, reply: Reply): Promise<void> {
    const connection = await webSocketOf(wanted.request, reply)();
    if (!connection) return;
    // what the peer says is read, so that its end is noticed
    connection.receive(() => {});
    const outlet: Outlet = {
      wire: frames,
      write: ({ bytes }) => connection.writeFrames(bytes),
      drained: () => connection.drained(),
      end: () => connection.close(...farewells.stopping),
    };
    await this.read(wanted, outlet, connection.closed);
  }

  /** Resolves when the reader is gone. */
  private async read({ request, query, rows, logs }: Wanted, outlet: Outlet, gone: Promise<unknown>): Promise<void> {
    const left = new AbortController();
    const interest = { viewer: principalOf(request), types: query.types };
    const { reader, close } = this.readers.open({ interest, outlet, from: query.from, logs: query.runs.length > 0 ? logs : null });
    const follow = async (row: RunEntity) => {
      const from = Number(logs.get(row.id) ?? 0);
      await followLog(this.runs, this.events, {
        row,
        from,
        logs: rows.length,
        signal: left.signal,
        say: (make) => reader.say(row.id, make),
      });
    };
    const cut = (error: Error) => {
      request.log.warn({ err: error }, 'a log could not be followed');
      outlet.end();
    };
    for (const row of rows) void follow(row).catch(cut);
    await gone;
    left.abort();
    close();
  }

  /** A run whose log the reader knows may have been removed meanwhile. Throws not_found, forbidden, and invalid_request for a wrong point. */
  private async findRuns(request: Request, { runs, from }: EventQuery): Promise<Pick<Wanted, 'rows' | 'logs'>> {
    const rows: RunEntity[] = [];
    const logs: LogPoints = new Map();
    for (const id of runs) {
      const point = from?.logs.get(id);
      const row = await this.runs.find(principalOf(request), id).catch((error: unknown) => {
        if (point !== undefined && error instanceof CodedError && error.code === 'not_found') return null;
        throw error;
      });
      if (point !== undefined) logs.set(id, row ? point : endId);
      if (row && point !== endId) rows.push(row);
      if (row && typeof point === 'number') await this.check(row, point);
    }
    return { rows, logs };
  }

  private async check({ id, attempt }: RunEntity, point: number): Promise<void> {
    const log = await this.runs.log(id);
    try {
      await checkOffset(log, offsetOf(point, attempt));
    } finally {
      await log.close();
    }
  }
}
