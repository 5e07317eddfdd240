// What a list of definitions shows of each besides what it says: whose it is, and how its last runs ended.
import { Controller, Req, Res } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Users } from '../../accounts/users.js';
import { Definitions } from '../../definitions/definitions.js';
import { refuseUnknown } from '../../http/pages.js';
import { principalOf, queryOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendJson } from '../../http/send-response.js';
import { CodedError } from '../../model/coded-error.js';
import { isoTime } from '../../model/file-times.js';
import { endReasons, runStates } from '../../model/states.js';
import { lookedThrough, type RecentRun, RecentRuns } from '../../runs/recent-runs.js';

const mostDefinitions = 100;
const mostRuns = 50;
const maybe = { nullable: true };

class RecentRunBody {
  @ApiProperty()
  id: string;

  @ApiProperty({ enum: runStates })
  state: string;

  @ApiProperty({ enum: endReasons, ...maybe })
  end_reason: string | null;

  @ApiProperty({ type: Boolean, ...maybe })
  success: boolean | null;

  @ApiProperty({ type: String, ...maybe })
  started_at: string | null;

  @ApiProperty({ type: String, ...maybe })
  finished_at: string | null;
}

class RecentRunsOfDefinition {
  @ApiProperty({ description: 'the id of the definition' })
  definition_id: number;

  @ApiProperty({ type: String, ...maybe, description: 'the name of its owner; null: the user was removed' })
  owner: string | null;

  @ApiProperty({ type: [RecentRunBody], description: 'newest first' })
  runs: RecentRunBody[];
}

class RecentRunsBody {
  @ApiProperty({ type: [RecentRunsOfDefinition] })
  objects: RecentRunsOfDefinition[];
}

@Controller('api/run')
export class RecentRunsController {
  constructor(
    private readonly recentRuns: RecentRuns,
    private readonly definitions: Definitions,
    private readonly users: Users,
  ) {}

  @Route({
    verb: 'GET',
    path: 'recent',
    access: 'viewer',
    summary: 'Show the last runs of several definitions, and whose they are',
    description: `Of each definition that you may see, in the order of their ids; the others are left out. Of a definition of another user your own runs among its last ${lookedThrough}.`,
    query: {
      definitions: `ids of definitions, separated by commas; at most ${mostDefinitions}`,
      limit: `how many runs of each: at most ${mostRuns}; default 20`,
    },
    answers: { 200: { what: 'the definitions with their runs', body: RecentRunsBody } },
    errors: ['invalid_request'],
  })
  async recent(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const viewer = principalOf(request);
    const query = queryOf(request);
    refuseUnknown(query, ['definitions', 'limit']);
    const limit = limitOf(query.get('limit') ?? '20');
    const found = await this.definitions.rows.owners(viewer, idsOf(query.get('definitions') ?? ''));
    const names = await this.users.names([...new Set(found.map(({ ownerId }) => ownerId))]);
    const objects = await Promise.all(
      found.map(async ({ id, ownerId }) => ({
        definition_id: id,
        owner: names.get(ownerId) ?? null,
        runs: (await this.recentRuns.of(viewer, id, limit)).map(recentRunBody),
      })),
    );
    sendJson(reply, 200, { objects });
  }
}

function idsOf(text: string): number[] {
  const parts = [...new Set(text.split(',').filter((part) => part !== ''))];
  const wrong = parts.find((part) => !/^[1-9]\d{0,14}$/.test(part));
  if (wrong !== undefined) throw invalid(`definitions must be ids separated by commas, got '${wrong}'`);
  if (parts.length > mostDefinitions) throw invalid(`at most ${mostDefinitions} definitions are allowed, got ${parts.length}`);
  return parts.map(Number);
}

function limitOf(text: string): number {
  if (/^[1-9]\d?$/.test(text) && Number(text) <= mostRuns) return Number(text);
  throw invalid(`limit must be a whole number from 1 to ${mostRuns}, got '${text}'`);
}

function invalid(sentence: string): CodedError {
  return new CodedError('invalid_request', sentence);
}

function recentRunBody({ id, state, endReason, success, startedAtMs, finishedAtMs }: RecentRun): RecentRunBody {
  const time = (ms: number | null) => (ms === null ? null : isoTime(ms));
  return { id, state, end_reason: endReason, success, started_at: time(startedAtMs), finished_at: time(finishedAtMs) };
}
