// A run as a WebSocket: what is typed goes to the program, what the program writes comes back, the status follows at the end.
import { Controller, Req, Res } from '@nestjs/common';
import { principalOf, queryOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { webSocketOf } from '../../http/web-socket.js';
import { closeCodes, type WebSocketConnection } from '../../http/web-socket-connection.js';
import { CodedError } from '../../model/coded-error.js';
import { logUntil, signalOf } from '../../model/log-until.js';
import { readFrames } from '../../model/read-frames.js';
import type { RunInput } from '../../model/run-task.js';
import { Attachments } from '../../run-http/attachments.js';
import { askedInteraction } from '../../run-http/interaction.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { Runs } from '../../runs/runs.js';
import { channelProtocols, onChannel, readChannel, statusOfRun } from './channels.js';

@Controller('api/run')
export class AttachController {
  constructor(
    private readonly runs: Runs,
    private readonly attachments: Attachments,
  ) {}

  @Route({
    verb: 'GET',
    path: ':id/attach',
    access: 'runner',
    ticket: 'once',
    summary: 'Attach to a run (WebSocket)',
    description: `Subprotocol ${channelProtocols.join(' or ')}; docs/behaviour/terminals.md. A run that was only created is started by this request, as an interactive run.`,
    params: { id: 'the id of the run' },
    query: {
      tty: '1: the run has a terminal',
      rows: 'the rows of a terminal that is started by this request; default 24',
      columns: 'its columns; default 80',
    },
    answers: { 101: { what: 'attached' } },
    errors: [
      'upgrade_required',
      'invalid_request',
      'not_found',
      'wrong_state',
      'terminal_unavailable',
      'queue_full',
      'launcher_unavailable',
      'disk_full',
    ],
  })
  async attach(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const caller = principalOf(request);
    const { id } = request.params;
    const row = await this.runs.find(caller, id);
    const accept = webSocketOf(request, reply, { protocols: channelProtocols });
    const asked = askedInteraction(queryOf(request));
    const begins = row.state === 'created';
    if (begins) await this.runs.start(caller, id, { interactive: asked });
    // a run that is parked is not interactive
    const run = this.runs.activeRun(id);
    if (row.state !== 'finished' && asked.terminal && !run?.input?.interaction.terminal)
      throw new CodedError('wrong_state', `the run ${id} was not started with a terminal`);
    const connection = await accept();
    if (!connection) return begins ? run?.stop({ error: 'the attached client went away at once' }) : undefined;
    if (run?.input) this.attachments.watch(id, connection);
    connection.receive((frame) => take(frame, run?.input ?? null));
    await this.show(connection, run?.row ?? row);
  }

  /** Shows everything from the first byte on, so that a client that comes late sees the same screen. */
  private async show(connection: WebSocketConnection, row: RunEntity): Promise<void> {
    // the first frame tells a client that the connection is open
    await connection.send(onChannel('stdout', Buffer.alloc(0)));
    const closed = signalOf(connection.closed);
    const followed = this.runs.followed(row.id);
    const log = logUntil(await this.runs.log(row.id), closed);
    for await (const { stream, bytes } of readFrames(log, { follow: true })) await connection.send(onChannel(stream, bytes));
    await this.runs.wait(row.id, Number.POSITIVE_INFINITY, closed);
    await connection.send(onChannel('status', Buffer.from(JSON.stringify(statusOfRun(followed?.row ?? row)))));
    connection.close(closeCodes.normal);
  }
}

async function take(frame: Buffer, input: RunInput | null): Promise<void> {
  const said = readChannel(frame);
  if (!said) return;
  if (!input) throw new CodedError('invalid_request', 'this run is not interactive; create it with "interactive": true');
  if (said.what === 'resized') await input.resize(said.size);
  else if (said.what === 'ended') await input.close();
  else await input.write(said.bytes);
}
