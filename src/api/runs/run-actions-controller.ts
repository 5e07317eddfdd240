// The actions on a run: create it, start it, stop it, send it a signal.
import { Controller, Req, Res } from '@nestjs/common';
import { Definitions } from '../../definitions/definitions.js';
import { parsedDefinition } from '../../definitions/parsed-definition.js';
import { readDefinitionBody } from '../../http/definition-body.js';
import { keyedJson, keyHeader } from '../../http/idempotency-key.js';
import { readJsonObject, readOptionalObject } from '../../http/json-body.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { runUri } from '../../http/urls.js';
import { numberSchema, pauseRange, priorityRange, timeoutRange } from '../../model/bounds.js';
import { CodedError } from '../../model/coded-error.js';
import { isService } from '../../model/definition.js';
import type { ErrorCode } from '../../model/error-codes.js';
import { mayActAs, type Principal } from '../../model/roles.js';
import { RunAnswers } from '../../run-http/run-answers.js';
import { RunBody } from '../../run-http/run-body.js';
import { RunSources } from '../../run-http/run-sources.js';
import { ServiceMessages } from '../../run-http/service-messages.js';
import { isolationOfCommands } from '../../runs/command-isolation.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { emptyRequest, type RunRequest } from '../../runs/run-request.js';
import { Runs } from '../../runs/runs.js';
import type { Spool } from '../../runs/spool.js';
import { graceMsOf, type NewRun, readNewRun, signalOf } from './new-run.js';

const id = { id: 'the id of the run' };
/** The errors of everything that starts a run. */
export const startErrors: ErrorCode[] = [
  'unknown_application',
  'unknown_secret',
  'run_as_refused',
  'unknown_lane',
  'adapter_unavailable',
  'terminal_unavailable',
  'queue_full',
  'launcher_unavailable',
  'disk_full',
];

const newRunBody = {
  'application/json': {
    type: 'object',
    description: 'a stored definition, or an ad hoc command with the keys of a definition; its argv and environment are passed as they are',
    properties: {
      definition: { description: 'id, resource_uri or name' },
      exec: { type: 'string' },
      argv: { type: 'array', items: { type: 'string' } },
      message: { type: 'string' },
      message_base64: { type: 'string' },
      message_from: { type: 'string', description: 'run:ID/output or run:ID/files/PATH of an earlier run' },
      parameters: { type: 'object' },
      start: { type: 'boolean', default: true },
      priority: numberSchema('integer', priorityRange),
      timeout: { ...numberSchema('number', timeoutRange), description: "seconds; may only shorten the definition's" },
      interactive: { type: 'boolean', description: 'the run takes its input from attach/ instead of a message' },
      tty: { description: 'true, or {"rows": 24, "columns": 80}: the run has a terminal' },
    },
    example: { exec: '/usr/bin/tr', argv: ['-d', 'x'], message: 'axbxc' },
  },
};

const signalBody = (properties: object, example: object) => ({ 'application/json': { type: 'object', properties, example } });
const signalProperty = { type: 'string', description: 'such as TERM' };
const graceProperty = { ...numberSchema('number', pauseRange), description: 'seconds; default GRACE' };

/** `ownerId`: the owner of the definition, who also owns the service. */
type OwnedRequest = RunRequest & { ownerId?: number };

@Controller('api/run')
export class RunActionsController {
  constructor(
    private readonly runs: Runs,
    private readonly answers: RunAnswers,
    private readonly definitions: Definitions,
    private readonly sources: RunSources,
    private readonly messages: ServiceMessages,
  ) {}

  @Route({
    verb: 'POST',
    access: 'runner',
    summary: 'Create a run of a definition, or of an ad hoc command, and start it',
    description:
      'With "start": false the run is only created; this is not possible for the service of a definition. An ad hoc command (exec) needs the role author.',
    headers: keyHeader,
    body: newRunBody,
    answers: {
      200: { what: 'the service was already running', body: RunBody, headers: { Location: 'the run' } },
      201: { what: 'accepted', body: RunBody, headers: { Location: 'the run' } },
    },
    errors: [
      'invalid_request',
      'invalid_definition',
      'invalid_parameters',
      'too_many_checks',
      'not_found',
      'output_gone',
      'run_active',
      'message_too_large',
      'ambiguous_name',
      'idempotency_mismatch',
      'run_gone',
      ...startErrors,
    ],
  })
  async make(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const owner = principalOf(request);
    const body = await readDefinitionBody(request);
    const wanted = await readNewRun(owner, body);
    await this.runs.spooling(async (spool) => {
      const asked = { ...(await this.runRequest(owner, wanted, spool.id)), trace: request.traceContext };
      const run = { ...(await this.sources.place(owner, asked)), idempotency: keyedJson(request, body) };
      if (isService(run.content) && wanted.start) return this.makeService(reply, owner, { run, spool });
      const id = spool.takenBy(await this.runs.submit(owner, run));
      await this.sendMade(reply, 201, await this.runs.find(owner, id));
    });
  }

  @Route({
    verb: 'POST',
    path: ':id/start',
    access: 'runner',
    summary: 'Start a run that was only created',
    params: id,
    answers: { 202: { what: 'the run starts, or waits in its lane', body: RunBody } },
    errors: ['not_found', 'wrong_state', ...startErrors],
  })
  async start(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    await this.answers.sendRun(reply, 202, await this.runs.start(principalOf(request), request.params.id));
  }

  @Route({
    verb: 'POST',
    path: ':id/stop',
    access: 'runner',
    summary: 'Stop a run: TERM to all its processes, KILL after the grace; a waiting run is cancelled',
    params: id,
    body: signalBody({ signal: signalProperty, grace: graceProperty }, { signal: 'TERM', grace: 5 }),
    answers: { 202: { what: 'the run is being stopped', body: RunBody } },
    errors: ['not_found', 'wrong_state', 'invalid_request'],
  })
  async stop(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const caller = principalOf(request);
    const { signal, grace } = await readOptionalObject(request);
    const how = { signal: signalOf(signal), graceMs: graceMsOf(grace), error: `stopped by ${caller.username}` };
    await this.answers.sendRun(reply, 202, await this.runs.stop(caller, request.params.id, how));
  }

  @Route({
    verb: 'POST',
    path: ':id/signal',
    access: 'runner',
    summary: 'Send one signal to the program of a run',
    params: id,
    body: signalBody({ signal: signalProperty }, { signal: 'HUP' }),
    answers: { 202: { what: 'the signal was sent', body: RunBody } },
    errors: ['not_found', 'wrong_state', 'invalid_request'],
  })
  async signal(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const name = signalOf((await readJsonObject(request)).signal);
    if (name === undefined) throw new CodedError('invalid_request', 'signal is required, such as HUP');
    await this.answers.sendRun(reply, 202, await this.runs.signal(principalOf(request), request.params.id, name));
  }

  /** The message is delivered after the response was sent. */
  private async makeService(reply: Reply, owner: Principal, { run, spool }: { run: OwnedRequest; spool: Spool }): Promise<void> {
    const former = await this.messages.former(run.idempotency);
    if (former) return this.sendMade(reply, former.status ?? 201, former.row);
    const { id: runId, isNew } = await this.messages.services.start(owner, run);
    spool.takenBy(runId);
    const row = this.runs.activeRun(runId)?.row ?? (await this.runs.find(owner, runId));
    const keyed = { idempotency: run.idempotency, answer: { status: isNew ? 201 : 200, location: runUri(runId) } };
    if (run.message.kind === 'none') await this.messages.remember(runId, keyed);
    await this.sendMade(reply, keyed.answer.status, row);
    this.messages.deliverLater(owner, runId, { source: run.message, spool, ...keyed });
  }

  private sendMade(reply: Reply, status: number, row: RunEntity): Promise<void> {
    return this.answers.sendRun(reply.header('location', runUri(row.id)), status, row);
  }

  private async runRequest(owner: Principal, wanted: NewRun, runId: string): Promise<OwnedRequest> {
    const { definition, command, message: bytes, messageFrom, ...asked } = wanted;
    const ofRun = messageFrom === undefined ? undefined : await this.sources.message(owner, runId, messageFrom);
    const message = ofRun?.message ?? (await this.sources.storage.keep(runId, bytes));
    const inputFile = this.sources.storage.hint(ofRun?.mediaType);
    const common = { ...emptyRequest(), ...asked, inputFile, runId, synchronous: false };
    if (command) {
      if (!mayActAs(owner.role, 'author'))
        throw new CodedError('forbidden', `an ad hoc command needs the role author; your role is ${owner.role}`);
      const isolation = isolationOfCommands(owner, command);
      return { ...common, message, definition: null, content: command, isolation };
    }
    const row = await this.definitions.references.find(owner, definition as string);
    return { ...common, message, definition: row, ownerId: row.ownerId, content: parsedDefinition(row) };
  }
}
