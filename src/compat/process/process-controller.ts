// The interface of procaas: one command with its files, over HTTP.
import { Controller, Req, Res } from '@nestjs/common';
import { keyHeader } from '../../http/idempotency-key.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { DiskWatermark } from '../../results/disk-watermark.js';
import { stopOnDisconnect } from '../../run-http/stop-on-disconnect.js';
import { Runs } from '../../runs/runs.js';
import { ProcessAnswers } from './process-answers.js';
import { processBodies, processDescription } from './process-docs.js';
import { ProcessRequests } from './read-process.js';

const bytes = { type: 'string', format: 'binary' };

@Controller()
export class ProcessController {
  constructor(
    private readonly runs: Runs,
    private readonly requests: ProcessRequests,
    private readonly answers: ProcessAnswers,
    private readonly disk: DiskWatermark,
  ) {}

  @Route({
    verb: 'POST',
    path: 'process',
    access: 'author',
    summary: 'Run a command with files (procaas)',
    description: processDescription,
    headers: keyHeader,
    body: processBodies,
    answers: {
      200: {
        what: 'stdout, the file, or the zip',
        body: { 'text/plain': { type: 'string' }, 'application/zip': bytes, '*/*': bytes },
        headers: { 'Run-Id': 'the run', 'Exit-Code': 'but for chunkedStdout' },
      },
    },
    errors: [
      'invalid_request',
      'invalid_json',
      'invalid_definition',
      'idempotency_mismatch',
      'run_gone',
      'message_too_large',
      'body_too_large',
      'unknown_lane',
      'queue_full',
      'launcher_unavailable',
      'disk_full',
    ],
  })
  async run(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const caller = principalOf(request);
    this.disk.check();
    const { id, asked } = await this.runs.accept(caller, (runId) => this.requests.read(request, runId));
    const active = await this.runs.wake(id);
    // the repetition of a request whose run has ended
    if (!active) return this.answers.sendEnded(reply, await this.runs.find(caller, id), await this.runs.log(id));
    stopOnDisconnect(reply, (request) => active.stop(request));
    await this.answers.send(reply, active, asked.command.output);
  }
}
