// The address of AI agents: /mcp, and /mcp/TAG for the tools with this tag.
import { randomUUID } from 'node:crypto';
import { Controller, Req, Res } from '@nestjs/common';
import { prefers } from '../http/accept.js';
import { disconnectSignal, whenAborted } from '../http/client-disconnect.js';
import { bodyWithFiles } from '../http/definition-body.js';
import { isObject, readJsonValue } from '../http/json-body.js';
import { isLocal } from '../http/local-socket.js';
import { publicUrl } from '../http/public-url.js';
import { principalOf, type Reply, type Request } from '../http/request.js';
import { Route, type RouteOptions } from '../http/route.js';
import { sendEventStream, writeEvent } from '../http/sse.js';
import { basePath } from '../http/urls.js';
import { CodedError } from '../model/coded-error.js';
import { OwnAddresses } from '../model/own-addresses.js';
import { AgentServers } from './agent-server.js';
import { Cancellations } from './cancellations.js';
import { loadSdk } from './sdk.js';
import { ToolChanges } from './tool-changes.js';
import { sendWeb, webRequest } from './web-exchange.js';

/** Large files go by reference; small ones are long values of their own, as those of definitions are. */
const bodyBounds = bodyWithFiles;
const sessionHeader = 'mcp-session-id';

const parseFailure = { jsonrpc: '2.0', id: null, error: { code: -32700, message: 'Parse error: the body is not JSON in UTF-8' } };

/** What the older revisions send by themselves. */
const toolsChanged = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });

const path = ['mcp', 'mcp/:tag'];
const shared = {
  path,
  access: 'runner',
  forAgents: true,
  params: { tag: 'only tools with this tag' },
  errors: ['body_too_large'],
} satisfies Partial<RouteOptions>;

@Controller()
export class AgentController {
  constructor(
    private readonly servers: AgentServers,
    private readonly cancellations: Cancellations,
    private readonly changes: ToolChanges,
    private readonly addresses: OwnAddresses,
  ) {}

  @Route({
    ...shared,
    verb: 'POST',
    summary: 'Speak the Model Context Protocol: definitions as tools of AI agents',
    description: 'Streamable HTTP, revisions 2026-07-28 and 2025-11-25 and those before it. See docs/behaviour/mcp.md.',
    body: {
      'application/json': {
        type: 'object',
        description: 'a message of JSON-RPC 2.0',
        example: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
      },
    },
    answers: {
      200: {
        what: 'the answer, or a stream of messages that ends with it',
        body: { 'application/json': { type: 'object' }, 'text/event-stream': { type: 'string' } },
      },
      202: { what: 'taken' },
    },
  })
  async post(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const body = await readMessage(request);
    if (body === undefined) return void (await reply.code(400).send(parseFailure));
    const message = isObject(body) ? body : undefined;
    const leave = this.enter(request, reply, message);
    try {
      await this.answer(request, reply, { body, message, signal: leave.signal });
    } finally {
      leave.over();
    }
  }

  @Route({
    ...shared,
    verb: 'GET',
    undocumented: true,
    summary: 'Follow the changes of the tools, by the revisions before 2026-07-28',
    answers: { 200: { what: 'a stream of notifications' } },
  })
  async get(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const caller = principalOf(request);
    if (!prefers(request.headers.accept, 'text/event-stream')) return this.answer(request, reply, { signal: disconnectSignal(reply) });
    await sendEventStream(reply, async (raw, gone) => {
      const leave = this.changes.listen(
        { caller, tag: request.params.tag },
        () => void writeEvent(raw, { name: 'message', data: toolsChanged }),
      );
      const ended = Promise.withResolvers<null>();
      const over = this.changes.opened(() => ended.resolve(null));
      await Promise.race([gone, ended.promise]);
      over();
      leave();
    });
  }

  @Route({
    ...shared,
    verb: 'DELETE',
    undocumented: true,
    summary: 'Not needed: there are no sessions to end',
    answers: { 405: { what: 'always' } },
  })
  async delete(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    await this.answer(request, reply, { signal: disconnectSignal(reply) });
  }

  private async answer(
    request: Request,
    reply: Reply,
    { body, message, signal }: { body?: unknown; message?: Record<string, unknown>; signal: AbortSignal },
  ): Promise<void> {
    const { createMcpHandler } = await loadSdk();
    const caller = principalOf(request);
    const base = isLocal(request.raw) ? this.addresses.url + basePath() : publicUrl(request);
    const failed = (error: unknown) => request.log.error({ err: error }, 'a request of an agent has failed');
    const asker = { caller, base, failed, ...(request.params.tag !== undefined && { tag: request.params.tag }) };
    const isCall = message?.method === 'tools/call';
    const handler = createMcpHandler(() => this.servers.serverFor(asker), {
      bus: this.changes.busOf(asker),
      // a call may take long, and proxies cut what is silent
      ...(isCall && { responseMode: 'sse' as const }),
      onerror: (error) => request.log.debug({ err: error }, 'a request of an agent was refused'),
    });
    const response = await handler.fetch(webRequest(request, { url: `${base}/mcp`, signal }), { parsedBody: body });
    // sessions hold nothing: their ids tell apart the clients of one user, whose requests have the same numbers
    if (message?.method === 'initialize' && response.ok) void reply.header(sessionHeader, randomUUID());
    await sendWeb(reply, response, signal);
  }

  /** The signal is aborted when the caller has gone, or has cancelled this request. */
  private enter(request: Request, reply: Reply, message: Record<string, unknown> | undefined): { signal: AbortSignal; over: () => void } {
    const caller = JSON.stringify([principalOf(request).userId, request.headers[sessionHeader] ?? request.headers.authorization]);
    const params = isObject(message?.params) ? message.params : {};
    if (message?.method === 'notifications/cancelled') this.cancellations.cancel(caller, params.requestId);
    const gone = new AbortController();
    whenAborted(disconnectSignal(reply), () => gone.abort());
    if (message?.method === 'subscriptions/listen') return { signal: gone.signal, over: this.changes.opened(() => gone.abort()) };
    const over = message?.id === undefined ? () => {} : this.cancellations.enter(caller, message.id, () => gone.abort());
    return { signal: gone.signal, over };
  }
}

/** Undefined: it is not JSON. Nothing else reads the body, so that what is refused here is not taken for something else there. */
async function readMessage(request: Request): Promise<unknown> {
  try {
    return await readJsonValue(request, bodyBounds);
  } catch (error) {
    if (error instanceof CodedError && error.code === 'invalid_json') return undefined;
    throw error;
  }
}
