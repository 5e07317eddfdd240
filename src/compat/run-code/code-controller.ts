// Runs code: POST /api_v1/run as in coderunner, and POST /run as in glot.
import { Controller, Req, Res } from '@nestjs/common';
import { keyedJson, keyHeader } from '../../http/idempotency-key.js';
import { readPreferences } from '../../http/preferences.js';
import { principalOf, type Reply, type Request } from '../../http/request.js';
import { Route, type RouteOptions } from '../../http/route.js';
import { sendJson } from '../../http/send-response.js';
import { RunAnswers } from '../../run-http/run-answers.js';
import { RunBody } from '../../run-http/run-body.js';
import { Runs } from '../../runs/runs.js';
import { Callbacks } from './callbacks.js';
import { CodeFaults } from './code-faults.js';
import { readCodeRequest } from './read-code.js';
import { type AcceptedCode, CodeError, RunCode } from './run-code.js';

const example = { image: 'glot/python:latest', payload: { language: 'python', files: [{ name: 'main.py', content: 'print(42)' }] } };
const file = { type: 'object', properties: { name: { type: 'string' }, content: { type: 'string' } }, required: ['name', 'content'] };
const codeBody = {
  type: 'object',
  required: ['image', 'payload'],
  properties: {
    image: { type: 'string', description: 'taken for the sake of clients; what runs it is said by the language' },
    payload: {
      type: 'object',
      required: ['language', 'files'],
      properties: {
        language: { type: 'string', description: 'one of GET /languages' },
        files: { type: 'array', items: file, description: 'the first is the main one' },
        stdin: { type: 'string' },
        command: { type: 'string', description: 'for sh, in place of what the language says' },
      },
    },
    callback_url: { type: 'string', description: 'where the result is posted, signed as Standard Webhooks says; a host of CALLBACK_HOSTS' },
  },
  example,
};
const result = { type: 'object', example: { stdout: '42\n', stderr: '', error: '', duration: 31_000_000, memory: 9_437_184 } };

const codeRoute = (path: string): RouteOptions => ({
  verb: 'POST',
  path,
  access: 'author',
  errorForm: 'glot',
  summary: 'Run code once, in a sandbox',
  description: 'A program that fails is a 200, too: error says how it ended. Durations are nanoseconds, memory is bytes.',
  headers: { Prefer: 'respond-async: answer 202 with the run at once; wait=5: after so many seconds', ...keyHeader },
  body: { 'application/json': codeBody },
  answers: {
    200: { what: 'how it went', body: { 'application/json': result } },
    202: { what: 'accepted; the result is posted to callback_url, and kept at the run', body: RunBody, headers: { Location: 'the run' } },
    400: {
      what: 'limits.execution_time, limits.read.size, a language that is unknown or not installed, or a callback_url that is not allowed',
    },
    422: { what: "the body has faults, in FastAPI's form; or `idempotency_mismatch`, in glot's" },
  },
  errors: ['run_gone', 'queue_full', 'launcher_unavailable', 'disk_full', 'body_too_large', 'unknown_lane'],
});

@Controller()
export class CodeController {
  constructor(
    private readonly code: RunCode,
    private readonly callbacks: Callbacks,
    private readonly runs: Runs,
    private readonly answers: RunAnswers,
  ) {}

  @Route(codeRoute('run'))
  glot(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.run(request, reply);
  }

  @Route(codeRoute('api_v1/run'))
  coderunner(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.run(request, reply);
  }

  private async run(request: Request, reply: Reply): Promise<void> {
    try {
      const owner = principalOf(request);
      const code = await readCodeRequest(request);
      const { callbackUrl: url } = code;
      if (url) this.callbacks.check(url);
      const planned = this.code.plan(code);
      const asked = { trace: request.traceContext, idempotency: keyedJson(request, code) };
      const submit = () => this.code.submit(owner, planned, asked);
      const { tools } = planned;
      const runId = await (url ? this.callbacks.with({ url, owner, accepted: { runId: planned.runId, tools } }, submit) : submit());
      await this.answer(request, reply, { accepted: { runId, tools }, waits: !url });
    } catch (error) {
      if (error instanceof CodeFaults) sendJson(reply, 422, { detail: error.faults });
      else if (error instanceof CodeError) sendJson(reply, 400, { error: error.code, message: error.message });
      else throw error;
    }
  }

  private async answer(request: Request, reply: Reply, { accepted, waits }: { accepted: AcceptedCode; waits: boolean }): Promise<void> {
    const { waitMs, applied } = readPreferences(request, false);
    if (applied) void reply.header('preference-applied', applied);
    const { runId } = accepted;
    await this.runs.wait(runId, waits ? waitMs : 0);
    const owner = principalOf(request);
    const result = waits && waitMs > 0 ? await this.code.result(owner, accepted) : undefined;
    if (!result) return this.answers.sendRun(reply, 202, await this.runs.find(owner, runId));
    sendJson(reply.header('run-id', runId), 'message' in result ? 400 : 200, result);
  }
}
