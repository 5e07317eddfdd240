// The server itself, for admins and for the commands on its machine: /api/server/.
import { Controller, Req, Res } from '@nestjs/common';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendJson } from '../../http/send-response.js';
import { basePath } from '../../http/urls.js';
import { OwnAddresses } from '../../model/own-addresses.js';
import { ServerFacts } from '../../model/server-facts.js';
import { DiskWatermark } from '../../results/disk-watermark.js';
import { Runs } from '../../runs/runs.js';

const json = { 'application/json': { type: 'object' } };

@Controller('api/server')
export class ServerController {
  constructor(
    private readonly facts: ServerFacts,
    private readonly runs: Runs,
    private readonly addresses: OwnAddresses,
    private readonly disk: DiskWatermark,
  ) {}

  @Route({
    verb: 'GET',
    access: 'admin',
    whileClosing: 'answered',
    noStore: true,
    summary: 'Identify this server',
    answers: {
      200: {
        what: '`version`, `pid`, the `url` at which the server listens, and the `disk` of DATA_DIR: `free_bytes`, `total_bytes`',
        body: json,
      },
    },
  })
  read(@Res() reply: Reply): void {
    const bytes = this.disk.bytes;
    sendJson(reply, 200, {
      version: this.facts.version,
      pid: process.pid,
      url: `${this.addresses.url}${basePath()}`,
      disk: bytes && { free_bytes: bytes.free, total_bytes: bytes.total },
    });
  }

  @Route({
    verb: 'POST',
    path: 'stop-runs',
    access: 'admin',
    summary: 'Stop all runs of all users: TERM now, KILL after the grace of each; waiting runs are cancelled',
    description: 'Services are not restarted by their restart rules. Later requests and bindings start runs as usual.',
    answers: { 202: { what: '`stopping`: how many runs are being stopped', body: json } },
  })
  stopRuns(@Req() request: Request, @Res() reply: Reply): void {
    sendJson(reply, 202, {
      stopping: this.runs.stopAll({ error: `stopped by ${principalOf(request).username}, together with all other runs` }),
    });
  }
}
