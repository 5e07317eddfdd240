// The short, permanent address of a run: /r/ID.
import { Controller, Req, Res } from '@nestjs/common';
import { prefers } from '../../http/accept.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { runUri } from '../../http/urls.js';
import { addVary } from '../../http/vary.js';
import { RunAnswers } from '../../run-http/run-answers.js';
import { RunBody } from '../../run-http/run-body.js';
import { Runs } from '../../runs/runs.js';

@Controller('r')
export class ShortRunController {
  constructor(
    private readonly runs: Runs,
    private readonly answers: RunAnswers,
  ) {}

  @Route({
    verb: 'GET',
    path: ':id',
    access: 'viewer',
    summary: 'Lead to a run',
    description: 'An address to hand on: it stays the same, whatever it leads to.',
    params: { id: 'the id of the run' },
    headers: { Accept: 'application/json for the record itself' },
    answers: {
      200: { what: 'the run as it is now', body: RunBody },
      303: { what: 'where the run is', headers: { Location: 'the record of the run' } },
    },
    errors: ['not_found'],
  })
  async lead(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const row = await this.runs.findRecord(principalOf(request), request.params.id);
    addVary(reply, 'Accept');
    if (!prefers(request.headers.accept, 'application/json')) return void reply.redirect(runUri(row.id), 303);
    await this.answers.sendRun(reply.header('content-location', runUri(row.id)), 200, this.runs.wantingDigest(row));
  }
}
