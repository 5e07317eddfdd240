// Tickets for what a browser asks without headers: /api/ticket/.
import { Controller, Req, Res } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { Tickets } from '../../accounts/tickets.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { RouteTable } from '../../http/route-table.js';
import { sendJson } from '../../http/send-response.js';
import { splitAddress, type TicketUse } from '../../http/shown-ticket.js';
import { basePath, belowBase } from '../../http/urls.js';
import { readValidated } from '../../http/validate-dto.js';
import { CodedError } from '../../model/coded-error.js';
import { refuseEnded } from '../../model/ended-credentials.js';

const lastsMs: Record<Exclude<TicketUse, 'path' | 'send'>, number> = { once: 60_000, again: 12 * 3_600_000 };

class TicketRequestBody {
  @ApiProperty({ description: 'the address at which the ticket is to be used, with its query' })
  @IsString()
  @MaxLength(4096)
  path: string;
}

class TicketBody {
  @ApiProperty({ description: 'to be sent as the query parameter -ticket' })
  ticket: string;

  @ApiProperty()
  expires_at: string;
}

@Controller('api/ticket')
export class TicketController {
  constructor(
    private readonly tickets: Tickets,
    private readonly routes: RouteTable,
  ) {}

  @Route({
    verb: 'POST',
    access: 'viewer',
    summary: 'Get a ticket for an address to which no header can be sent',
    description:
      'For downloads, media and WebSockets: the address with ?-ticket=TICKET is answered as this caller would be, and only this address. For a WebSocket the ticket is good once, within 60 s. For GET and HEAD of output, stdout, stderr, log, archive and files of a run it is good until the credentials of this request end, at most 12 h.',
    body: { 'application/json': TicketRequestBody },
    answers: { 200: { what: 'the ticket', body: TicketBody } },
    errors: ['invalid_json', 'invalid_request', 'unsupported_media_type'],
  })
  async issue(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const place = belowBase((await readValidated(request, TicketRequestBody)).path, basePath());
    const use = place.startsWith('/') ? this.routes.ticketAt(place) : undefined;
    if (!use || use === 'path' || use === 'send' || splitAddress(place).tickets.length > 0)
      throw new CodedError(
        'invalid_request',
        `no ticket is needed for '${place.slice(0, 200)}'; tickets are for what a run has written, and for WebSockets`,
      );
    refuseEnded(principalOf(request));
    const { ticket, expiresAtMs } = this.tickets.issue({
      principal: principalOf(request),
      place,
      once: use === 'once',
      lastsMs: lastsMs[use],
    });
    sendJson(reply, 200, { ticket, expires_at: new Date(expiresAtMs).toISOString() });
  }
}
