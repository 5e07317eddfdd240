// Runs that are repeated, and the messages that are kept for it.
import { Controller, Req, Res } from '@nestjs/common';
import { shownJson } from '../../definitions/shown-json.js';
import { attachment } from '../../http/content-disposition.js';
import { keyedJson, keyHeader } from '../../http/idempotency-key.js';
import { isObject, readOptionalObject } from '../../http/json-body.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendRanged } from '../../http/send-ranged.js';
import { runUri } from '../../http/urls.js';
import { CodedError } from '../../model/coded-error.js';
import { typeByName } from '../../results/content-type.js';
import { RunAnswers } from '../../run-http/run-answers.js';
import { RunBody } from '../../run-http/run-body.js';
import { RunSources } from '../../run-http/run-sources.js';
import { KeptInputs } from '../../runs/kept-inputs.js';
import { type Rerun, Reruns, rerunRevisions } from '../../runs/reruns.js';
import { Runs } from '../../runs/runs.js';
import { startErrors } from './run-actions-controller.js';

const id = { id: 'the id of the run' };
const bytes = { '*/*': { type: 'string', format: 'binary' } };
const rerunBody = {
  'application/json': {
    type: 'object',
    properties: {
      parameters: { type: 'object', description: 'they replace parameters of the former run; null leaves one out' },
      revision: {
        enum: rerunRevisions,
        default: 'then',
        description: 'the definition as it was when the former run was accepted, or as it is now',
      },
    },
    example: {},
  },
};

@Controller('api/run')
export class RerunController {
  constructor(
    private readonly runs: Runs,
    private readonly inputs: KeptInputs,
    private readonly reruns: Reruns,
    private readonly answers: RunAnswers,
    private readonly sources: RunSources,
  ) {}

  @Route({
    verb: 'GET',
    path: ':id/input',
    access: 'viewer',
    summary: "Read a run's message, if it was kept",
    params: id,
    headers: { Range: 'one range of bytes', 'If-None-Match': 'an ETag', 'If-Range': 'an ETag' },
    answers: {
      200: { what: 'the message', body: bytes, headers: { ETag: 'stays the same: the message never changes', 'Accept-Ranges': 'bytes' } },
      206: { what: 'a part of it', body: bytes, headers: { 'Content-Range': 'which part' } },
      304: { what: 'unchanged' },
    },
    errors: ['not_found', 'run_active', 'range_not_satisfiable'],
  })
  async input(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const { id: run } = request.params;
    const { bytes: length, name, open } = await this.inputs.message(principalOf(request), run);
    void reply.header('content-disposition', attachment(name));
    await sendRanged(request, reply, {
      etag: `"${run}-input"`,
      bytes: length,
      type: typeByName(name) ?? 'application/octet-stream',
      open,
    });
  }

  @Route({
    verb: 'POST',
    path: ':id/rerun',
    access: 'runner',
    summary: 'Repeat a run that has ended, with its message, files and parameters',
    description: 'The new run belongs to the caller, who must be allowed to run the definition now. Secret parameters must be given again.',
    params: id,
    headers: keyHeader,
    body: rerunBody,
    answers: { 201: { what: 'accepted; rerun_of names the former run', body: RunBody, headers: { Location: 'the new run' } } },
    errors: [
      'not_found',
      'invalid_request',
      'invalid_parameters',
      'message_not_taken',
      'run_active',
      'wrong_state',
      'input_not_kept',
      'secret_needed',
      'too_many_checks',
      'output_gone',
      'message_too_large',
      'forbidden',
      'idempotency_mismatch',
      'run_gone',
      ...startErrors,
    ],
  })
  async rerun(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const caller = principalOf(request);
    const body = await readOptionalObject(request);
    const wanted = readRerun(body);
    this.runs.checkDisk();
    const { id: newId } = await this.runs.accept(caller, async (runId) => {
      const run = await this.reruns.request(caller, request.params.id, { ...wanted, runId });
      return { run: { ...(await this.sources.place(caller, run)), trace: request.traceContext, idempotency: keyedJson(request, body) } };
    });
    void reply.header('location', runUri(newId));
    await this.answers.sendRun(reply, 201, await this.runs.find(caller, newId));
  }
}

function readRerun({ parameters = {}, revision = 'then', ...rest }: Record<string, unknown>): Omit<Rerun, 'runId'> {
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new CodedError('invalid_request', `unknown key '${unknown}'; allowed: parameters, revision`);
  if (!isObject(parameters)) throw new CodedError('invalid_request', `parameters must be an object, got ${shownJson(parameters)}`);
  const known = rerunRevisions.find((one) => one === revision);
  if (known) return { parameters, revision: known };
  throw new CodedError('invalid_request', `revision must be "then" or "now", got ${shownJson(revision)}`);
}
