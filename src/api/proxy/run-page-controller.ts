// The own page of a run's program, for a browser: an address that stands for a caller, at which the program answers.
import { Controller, Req, Res } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Tickets } from '../../accounts/tickets.js';
import { answerPage } from '../../http/page-origin.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendJson } from '../../http/send-response.js';
import { pagePlace } from '../../http/shown-ticket.js';
import { runPageUri } from '../../http/urls.js';
import { CodedError } from '../../model/coded-error.js';
import { refuseEnded } from '../../model/ended-credentials.js';
import { RunProxy } from '../../proxy/run-proxy.js';
import { Runs } from '../../runs/runs.js';

const lastsMs = 12 * 3_600_000;

class RunPageBody {
  @ApiProperty({ example: '/run-page/pt_…/' })
  url: string;

  @ApiProperty()
  expires_at: string;
}

@Controller()
export class RunPageController {
  constructor(
    private readonly runs: Runs,
    private readonly proxy: RunProxy,
    private readonly tickets: Tickets,
  ) {}

  @Route({
    verb: 'POST',
    path: 'api/run/:id/page',
    access: 'runner',
    summary: "Get an address for a browser to show the page of a run's program",
    description:
      'The address needs no login, leads to the program of this run alone, as its http/ does, and is good until the credentials of this request or the run end, at most 12 h. See docs/behaviour/proxy.md.',
    params: { id: 'the id of the run' },
    answers: { 200: { what: 'the address', body: RunPageBody } },
    errors: ['not_found', 'no_port', 'port_not_ready', 'port_gone'],
  })
  async page(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const row = await this.runs.find(principalOf(request), request.params.id);
    this.proxy.addressOf(row);
    refuseEnded(principalOf(request));
    const terms = { principal: principalOf(request), place: pagePlace, subject: row.id, once: false, lastsMs };
    const { ticket, expiresAtMs } = this.tickets.issue(terms);
    sendJson(reply, 200, { url: runPageUri(ticket), expires_at: new Date(expiresAtMs).toISOString() });
  }

  @Route({
    verb: 'ALL',
    path: ['run-page/:ticket', 'run-page/:ticket/*'],
    access: 'runner',
    ticket: 'path',
    noStore: true,
    undocumented: true,
    summary: "Send HTTP or WebSocket requests to a run's program, by a ticket",
    answers: {},
  })
  async forward(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const id = this.tickets.subjectOf(request.params.ticket);
    if (id === undefined) throw new CodedError('unauthenticated', 'this address of a page has ended');
    const row = await this.runs.find(principalOf(request), id);
    if (!answerPage(request, reply)) await this.proxy.forward(request, reply, row);
  }
}
