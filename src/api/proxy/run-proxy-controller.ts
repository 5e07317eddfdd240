// HTTP and WebSocket to the program of a run.
import { Controller, Req, Res } from '@nestjs/common';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { RunProxy } from '../../proxy/run-proxy.js';
import { Runs } from '../../runs/runs.js';

@Controller('api/run')
export class RunProxyController {
  constructor(
    private readonly runs: Runs,
    private readonly proxy: RunProxy,
  ) {}

  @Route({
    verb: 'ALL',
    path: [':id/http', ':id/http/*'],
    access: 'runner',
    summary: "Speak HTTP or WebSocket with a run's program",
    description: 'Any method goes on to the ${port} of the run, with path and query as they came; docs/behaviour/proxy.md has the details.',
    params: { id: 'the id of the run', path: "the program's own address" },
    answers: { 200: { what: 'what the program answers, with its status', body: { '*/*': { type: 'string', format: 'binary' } } } },
    errors: ['not_found', 'no_port', 'port_not_ready', 'port_gone', 'upgrade_refused'],
  })
  async forward(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    await this.proxy.forward(request, reply, await this.runs.find(principalOf(request), request.params.id));
  }
}
