// HTTP and WebSocket requests to the program of a run.
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
    summary: "Send HTTP or WebSocket requests to a run's program",
    description:
      'Requests of any method are forwarded to the ${port} of the run, with path and query unchanged. See docs/behaviour/proxy.md for the details.',
    params: { id: 'the id of the run', path: "the path in the program's own server" },
    answers: { 200: { what: 'the response of the program, with its status', body: { '*/*': { type: 'string', format: 'binary' } } } },
    errors: ['not_found', 'no_port', 'port_not_ready', 'port_gone', 'upgrade_refused'],
  })
  async forward(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    await this.proxy.forward(request, reply, await this.runs.find(principalOf(request), request.params.id));
  }
}
