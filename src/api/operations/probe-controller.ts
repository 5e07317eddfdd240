// The probes of an orchestrator: whether to restart this server, and whether to send requests to it.
import { Controller, Res } from '@nestjs/common';
import type { Reply } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendJson } from '../../http/send-response.js';
import { CodedError } from '../../model/coded-error.js';
import { Conditions } from '../../model/conditions.js';
import { ServerFacts } from '../../model/server-facts.js';
import { Readiness } from '../../runs/readiness.js';

const json = { 'application/json': { type: 'object' } };

@Controller('health')
export class ProbeController {
  constructor(
    private readonly readiness: Readiness,
    private readonly facts: ServerFacts,
    private readonly conditions: Conditions,
  ) {}

  @Route({
    verb: 'GET',
    path: 'live',
    access: 'public',
    whileClosing: 'answered',
    summary: 'Report whether the process answers, even while it is stopping',
    answers: { 200: { what: 'the process answers', body: json } },
  })
  live(@Res() reply: Reply): void {
    sendJson(reply, 200, { status: 'live' });
  }

  @Route({
    verb: 'GET',
    path: 'ready',
    access: 'public',
    whileClosing: 'refused',
    summary: 'Report whether the server takes requests',
    answers: { 200: { what: 'the server takes requests', body: json } },
    errors: ['database_unreachable', 'launcher_unavailable', 'not_ready', 'shutting_down'],
  })
  async ready(@Res() reply: Reply): Promise<void> {
    const problem = await this.readiness.problem();
    if (problem) throw new CodedError('database_unreachable', problem, { retryAfterSeconds: 5 });
    const fault = this.facts.launcherFault();
    if (fault) throw new CodedError('launcher_unavailable', `no program can be started: ${fault}`, { retryAfterSeconds: 5 });
    const condition = this.conditions.problem;
    if (condition !== null) throw new CodedError('not_ready', condition, { retryAfterSeconds: 5 });
    sendJson(reply, 200, { status: 'ready' });
  }
}
