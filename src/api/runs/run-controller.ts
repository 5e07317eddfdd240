// The records of runs: /api/run/.
import { Controller, Req, Res } from '@nestjs/common';
import { Users } from '../../accounts/users.js';
import { Definitions } from '../../definitions/definitions.js';
import { disconnectSignal } from '../../http/client-disconnect.js';
import { isKnown, readConditions } from '../../http/conditions.js';
import { metaOf, pageBounds } from '../../http/pages.js';
import { principalOf, queryOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendEmpty, sendJson } from '../../http/send-response.js';
import { basePath } from '../../http/urls.js';
import { CodedError } from '../../model/coded-error.js';
import type { Principal } from '../../model/roles.js';
import { endReasons } from '../../model/states.js';
import { RunAnswers } from '../../run-http/run-answers.js';
import { RunBody, RunList, runBody } from '../../run-http/run-body.js';
import type { RunEntity } from '../../runs/run.entity.js';
import type { RunFilters } from '../../runs/run-totals.js';
import { Runs } from '../../runs/runs.js';
import { cursorOf, oldestFirst, runFilters } from './run-query.js';

const id = { id: 'the id of the run' };
/** The longest that a request may wait for a run, in milliseconds. */
const longestWaitMs = 3_600_000;

@Controller('api/run')
export class RunController {
  constructor(
    private readonly runs: Runs,
    private readonly answers: RunAnswers,
    private readonly definitions: Definitions,
    private readonly users: Users,
  ) {}

  @Route({
    verb: 'GET',
    access: 'viewer',
    summary: 'List runs, newest first',
    description:
      'Lists your own runs, and those that others have started of your shared definitions; an admin sees all. An unknown filter is a 400. success and q look at every run that the other filters leave: beyond 2000 in a thread, for at most 30 s.',
    query: {
      state: 'one or more of created, queued, starting, running, stopping, finished',
      end_reason: `one or more of ${endReasons.join(', ')}`,
      definition: 'the id, resource_uri or name of the definition',
      owner: 'the name of a user',
      success: 'true or false: whether a run that has ended has succeeded',
      q: 'a string in the name of the definition',
      created_at__gte:
        'a time such as 2026-01-31T12:00:00Z; also created_at__gt, __lte, __lt, and __range with two times separated by a comma',
      order_by: 'created_at or -created_at',
      limit: 'at most 1000; default 20',
      offset: 'default 0',
      after: 'the id of the last run of the previous page, instead of an offset',
    },
    answers: { 200: { what: 'one page', body: RunList } },
    errors: ['invalid_request', 'not_found'],
  })
  async list(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const query = queryOf(request);
    const viewer = principalOf(request);
    const bounds = pageBounds(query);
    const filters = { ...runFilters(query), ...(await this.namedFilters(viewer, query)) };
    const page = { ...bounds, filters, oldestFirst: oldestFirst(query), after: cursorOf(query) };
    const { rows, total } = await this.runs.list(viewer, page, disconnectSignal(reply));
    const owners = await this.answers.ownersOf(rows);
    const meta = metaOf({ uri: `${basePath()}/api/run/`, query, total, ...bounds });
    sendJson(reply, 200, { meta, objects: rows.map((row, index) => runBody(row, owners[index])) });
  }

  @Route({
    verb: 'GET',
    path: ':id',
    access: 'viewer',
    summary: 'Read a run',
    description:
      'The owner of a shared definition sees the records of the runs that others have started of it, without their outputs; everything else of such a run is a 403.',
    params: id,
    headers: { 'If-Modified-Since': readConditions['If-Modified-Since'] },
    answers: {
      200: { what: 'the run as it is now', body: RunBody, headers: { 'Last-Modified': 'the end of the run, once its record is complete' } },
      304: { what: 'unchanged' },
    },
    errors: ['not_found'],
  })
  async read(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const row = this.runs.wantingDigest(await this.runs.findRecord(principalOf(request), request.params.id));
    if (isKnown(request, reply, { modifiedAtMs: completedAtMs(row) })) return sendEmpty(reply, 304);
    await this.answers.sendRun(reply, 200, row);
  }

  @Route({
    verb: 'GET',
    path: ':id/wait',
    access: 'viewer',
    summary: 'Wait until a run has ended',
    params: id,
    query: { timeout: 'seconds, default 30' },
    answers: { 200: { what: 'the run has ended', body: RunBody }, 202: { what: 'the run has not ended within the time', body: RunBody } },
    errors: ['not_found', 'invalid_request'],
  })
  async wait(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const seconds = Number(queryOf(request).get('timeout') ?? 30);
    if (!(seconds >= 0))
      throw new CodedError('invalid_request', `timeout must be a number of seconds from 0, got '${queryOf(request).get('timeout')}'`);
    const viewer = principalOf(request);
    const row = await this.runs.findRecord(viewer, request.params.id);
    await this.runs.wait(row.id, Math.min(seconds * 1000, longestWaitMs));
    const now = await this.runs.findRecord(viewer, row.id);
    if (now.state !== 'finished') return this.answers.sendRun(reply, 202, now);
    await this.answers.sendRun(reply, 200, this.runs.wantingDigest(now));
  }

  @Route({
    verb: 'DELETE',
    path: ':id',
    access: 'runner',
    summary: 'Remove a run that has ended, with its files, output and log',
    params: id,
    answers: { 204: { what: 'removed' } },
    errors: ['not_found', 'run_active'],
  })
  async remove(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    await this.runs.remove(principalOf(request), request.params.id);
    sendEmpty(reply, 204);
  }

  private async namedFilters(viewer: Principal, query: URLSearchParams): Promise<RunFilters> {
    const definition = query.get('definition');
    const owner = query.get('owner');
    return {
      ...(definition !== null && { definitionId: await this.definitionId(viewer, definition) }),
      ...(owner !== null && { ownerId: await this.users.idOf(owner) }),
    };
  }

  /** The runs of a deleted definition are found by its number. */
  private async definitionId(viewer: Principal, text: string): Promise<number> {
    const number = /^(?:.*\/api\/process_definition\/)?(\d{1,15})\/?$/.exec(text)?.[1];
    return number ? Number(number) : (await this.definitions.references.find(viewer, text)).id;
  }
}

/** When the record was written for the last time; undefined: it still changes, as long as the digest of the output is missing. */
function completedAtMs({ state, finishedAtMs, outputSource, outputSha256 }: RunEntity): number | undefined {
  const isComplete = state === 'finished' && (outputSource === null || outputSha256 !== null);
  return isComplete ? (finishedAtMs ?? undefined) : undefined;
}
