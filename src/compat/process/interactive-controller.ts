// The interface of procaas over WebSocket: frames go to stdin, the output of the program comes back, and the close frame says how the program ended.
import { Controller, Req, Res } from '@nestjs/common';
import { principalOf, queryOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { webSocketOf } from '../../http/web-socket.js';
import { closeCodes, type WebSocketConnection } from '../../http/web-socket-connection.js';
import { logUntil, signalOf } from '../../model/log-until.js';
import { readFrames } from '../../model/read-frames.js';
import { Attachments } from '../../run-http/attachments.js';
import type { ActiveRun } from '../../runs/active-run.js';
import { Runs } from '../../runs/runs.js';
import { readCommand } from './command.js';
import { reasonOf } from './process-answers.js';
import { commandRun, ProcessRequests } from './read-process.js';

@Controller()
export class InteractiveController {
  constructor(
    private readonly runs: Runs,
    private readonly attachments: Attachments,
    private readonly requests: ProcessRequests,
  ) {}

  @Route({
    verb: 'GET',
    path: 'process_interactive',
    access: 'author',
    summary: 'Run a command and talk with it (WebSocket, procaas)',
    description:
      'Frames go to stdin as they are; stdout and stderr come back in binary frames. Closed with 1000 after exit code 0, else with 1011 and the reason. A client that goes away takes the program along.',
    query: { data: "JSON as the part 'data' of POST /process; what it says of files and output is ignored" },
    answers: { 101: { what: 'the program starts' } },
    errors: [
      'upgrade_required',
      'invalid_request',
      'invalid_json',
      'invalid_definition',
      'queue_full',
      'launcher_unavailable',
      'disk_full',
    ],
  })
  async talk(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const accept = webSocketOf(request, reply);
    const command = await readCommand(principalOf(request), queryOf(request).get('data'), this.requests.defaults);
    const { output_adapter: _ignored, ...content } = command.content;
    const read = async (runId: string) => ({ run: { ...commandRun({ content }, request, runId), interactive: { terminal: null } } });
    const { id } = await this.runs.accept(principalOf(request), read);
    const active = (await this.runs.wake(id)) as ActiveRun;
    const connection = await accept();
    if (!connection) return active.stop({ error: 'the caller went away' });
    this.attachments.watch(id, connection);
    if (command.stdin !== '') void active.input?.write(Buffer.from(command.stdin));
    connection.receive(async (frame) => void (await active.input?.write(frame)));
    await show(connection, active);
  }
}

/** Sends stdout and stderr in the order in which they were read. */
async function show(connection: WebSocketConnection, run: ActiveRun): Promise<void> {
  const closed = signalOf(connection.closed);
  for await (const { bytes } of readFrames(logUntil(run.openLog(), closed), { follow: true })) await connection.send(bytes);
  await run.endedOr(closed);
  const { success } = run.row;
  connection.close(success ? closeCodes.normal : closeCodes.failure, success ? '' : reasonOf(run.row));
}
