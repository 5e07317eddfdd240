// The lanes: /api/lane/.
import { Controller, Req, Res } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { readJsonObject } from '../../http/json-body.js';
import type { Reply, Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendJson } from '../../http/send-response.js';
import { basePath } from '../../http/urls.js';
import { CodedError } from '../../model/coded-error.js';
import { LaneStats } from '../../runs/lane-stats.js';

const largestLimit = 1_000_000;

class LaneBody {
  @ApiProperty({ example: 'code' })
  name: string;

  @ApiProperty({ description: 'how many runs may be active at once; 0: no limit' })
  limit: number;

  @ApiProperty()
  running: number;

  @ApiProperty()
  queued: number;

  @ApiProperty({ description: 'how many runs succeeded since the server started' })
  done: number;

  @ApiProperty({ description: 'how many runs failed since the server started' })
  failed: number;

  @ApiProperty()
  resource_uri: string;
}

class LaneList {
  @ApiProperty({ type: [LaneBody] })
  objects: LaneBody[];
}

@Controller('api/lane')
export class LaneController {
  constructor(private readonly lanes: LaneStats) {}

  @Route({
    verb: 'GET',
    access: 'viewer',
    summary: 'List the lanes: how many runs are active and waiting in each, and its limit',
    answers: { 200: { what: 'all lanes', body: LaneList } },
  })
  list(@Res() reply: Reply): void {
    sendJson(reply, 200, { objects: this.lanes.reports().map(laneBody) });
  }

  @Route({
    verb: 'PATCH',
    path: ':name',
    access: 'admin',
    summary: 'Change the limit of a lane until the server ends; set LANES to change it permanently',
    params: { name: 'the name of the lane' },
    body: {
      'application/json': {
        type: 'object',
        properties: { limit: { type: 'integer', minimum: 0, maximum: largestLimit } },
        required: ['limit'],
        example: { limit: 4 },
      },
    },
    answers: { 202: { what: 'the lane as it is now', body: LaneBody } },
    errors: ['not_found', 'invalid_request', 'invalid_json'],
  })
  async change(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const { limit, ...rest } = await readJsonObject(request);
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw new CodedError('invalid_request', `unknown key '${unknown}'; allowed: limit`);
    if (!Number.isInteger(limit) || Number(limit) < 0 || Number(limit) > largestLimit) {
      throw new CodedError(
        'invalid_request',
        `limit must be a whole number from 0 (no limit) to ${largestLimit}, got ${JSON.stringify(limit)}`,
      );
    }
    sendJson(reply, 202, laneBody(this.lanes.limit(request.params.name, Number(limit))));
  }
}

function laneBody(report: ReturnType<LaneStats['limit']>): LaneBody {
  return { ...report, resource_uri: `${basePath()}/api/lane/${report.name}/` };
}
