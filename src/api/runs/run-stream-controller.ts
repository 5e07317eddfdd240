// What a run writes to stdout and to stderr, as bytes.
import { Controller, Req, Res } from '@nestjs/common';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route, type RouteOptions } from '../../http/route.js';
import { rangeHeaders } from '../../http/send-ranged.js';
import type { LogStream } from '../../model/log-format.js';
import { Runs } from '../../runs/runs.js';
import { endHeaders } from './exit-code.js';
import { RunBytes } from './run-bytes.js';

const bytes = { 'application/octet-stream': { type: 'string', format: 'binary' } };

const streamRoute = (stream: LogStream): RouteOptions => ({
  verb: 'GET',
  path: `:id/${stream}`,
  access: 'viewer',
  ticket: 'again',
  summary: `Read or follow what a run writes to ${stream}`,
  description:
    'While the run has not ended: the bytes from the first one on, live to the end, with the trailers Exit-Code and End-Reason. A Range bytes=N- gives what is there, and one to a very large last position, such as bytes=N-9007199254740991, continues live (RFC 8673). See docs/behaviour/runs.md.',
  params: { id: 'the id of the run' },
  query: { follow: '0: what is there now; 1: also a Range bytes=N- continues live' },
  headers: rangeHeaders,
  answers: {
    200: {
      what: 'the bytes',
      body: bytes,
      headers: { ETag: 'another one while the run has not ended, and for each attempt', 'Accept-Ranges': 'bytes', ...endHeaders },
    },
    206: { what: 'a part of them, or all from there on', body: bytes, headers: { 'Content-Range': 'which part', ...endHeaders } },
    304: { what: 'unchanged' },
  },
  errors: ['not_found', 'wrong_state', 'range_not_satisfiable', 'invalid_request'],
});

@Controller('api/run')
export class RunStreamController {
  constructor(
    private readonly runs: Runs,
    private readonly bytes: RunBytes,
  ) {}

  @Route(streamRoute('stdout'))
  stdout(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.send(request, reply, 'stdout');
  }

  @Route(streamRoute('stderr'))
  stderr(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.send(request, reply, 'stderr');
  }

  private async send(request: Request, reply: Reply, stream: LogStream): Promise<void> {
    const row = await this.runs.find(principalOf(request), request.params.id);
    await this.bytes.send(request, reply, { row, stream });
  }
}
