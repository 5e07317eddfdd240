// Answers one request of the protocol: a server of the library, made for this caller and this request.
import type { CallToolResult, Tool as ListedTool, ListToolsResult, Server, ServerContext } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { CodedError } from '../model/coded-error.js';
import { nearName } from '../model/near-names.js';
import type { Principal } from '../model/roles.js';
import { ServerFacts } from '../model/server-facts.js';
import { refusal, text } from './call-result.js';
import { searchTools, uploadTool } from './own-tools.js';
import { RpcError, readableError } from './rpc-error.js';
import { RunResources, resourceTemplates } from './run-resources.js';
import { loadSdk } from './sdk.js';
import { ToolCalls } from './tool-calls.js';
import { argumentsOf } from './tool-request.js';
import { findTools, mostListed } from './tool-search.js';
import { ownTools, type Tool, Tools } from './tools.js';
import { UploadOffers } from './upload-offers.js';

/** Who asks, and where. */
export interface Asker {
  caller: Principal;
  /** Only tools with this tag. */
  tag?: string;
  /** The address of this server as the caller knows it. */
  base: string;
  /** Takes errors of which the caller reads no more than that there was one. */
  failed: (error: unknown) => void;
}

/** Of an unknown name so much is repeated. */
const shownCharacters = 200;

type Called = { name: string; arguments?: unknown };

const instructions =
  'Each tool runs a program on this server. What a run leaves can be given to other tools without reading it: run:ID/output, run:ID/files/PATH. Large outputs come as links; read them as resources only where you need their content. Files of your own are sent ahead by request_upload.';

@Injectable()
export class AgentServers {
  constructor(
    private readonly tools: Tools,
    private readonly calls: ToolCalls,
    private readonly resources: RunResources,
    private readonly uploads: UploadOffers,
    private readonly facts: ServerFacts,
  ) {}

  async serverFor(asker: Asker): Promise<Server> {
    const { AgentServer } = await loadSdk();
    const capabilities = { tools: { listChanged: true }, resources: {} };
    const server = new AgentServer({ name: 'process-registry', version: this.facts.version }, { capabilities, instructions });
    const { caller, base, failed } = asker;
    // the answer to a cancelled request is not read: this is not a failure
    const readable = <Answer>({ mcpReq: { signal } }: ServerContext, answer: Promise<Answer>) =>
      answer.catch((error) => Promise.reject(readableError(error, signal.aborted ? () => {} : failed)));
    server.setRequestHandler('tools/list', (_request, context) => readable(context, this.list(asker)));
    server.setRequestHandler('tools/call', ({ params }, context) => readable(context, this.call(asker, params, context)));
    server.setRequestHandler('resources/list', (_request, context) => readable(context, this.resources.list(caller)));
    server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates }));
    server.setRequestHandler('resources/read', ({ params }, context) => readable(context, this.resources.read(caller, params.uri, base)));
    return server;
  }

  private async listed(caller: Principal, tools: Tool[]): Promise<ListedTool[]> {
    return (await this.tools.listed(caller, tools)) as ListedTool[];
  }

  private async list({ caller, tag }: Asker): Promise<ListToolsResult> {
    const tools = [...(await this.tools.of(caller, tag)).values()];
    const shown = tools.length > mostListed ? searchTools : await this.listed(caller, tools);
    return { tools: tools.some(({ facts }) => facts.takesContent) ? [...shown, uploadTool] : shown };
  }

  /** A refusal is a result too. */
  private async call(asker: Asker, called: Called, context: ServerContext): Promise<CallToolResult> {
    try {
      return await this.callAny(asker, called, context);
    } catch (error) {
      if (error instanceof CodedError && error.code !== 'internal') return refusal(error);
      throw error;
    }
  }

  private async callAny(asker: Asker, { name, arguments: given }: Called, context: ServerContext): Promise<CallToolResult> {
    if (name === ownTools.search) return this.search(asker, given);
    if (name === ownTools.upload) return this.offer(asker, given);
    const tools = await this.tools.of(asker.caller, asker.tag);
    if (name === ownTools.run) return this.runFound(asker, { tools, given }, context);
    const tool = tools.get(name);
    if (!tool) throw new RpcError(`Unknown tool: ${shown(name)}`);
    return this.run(asker, { tool, given }, context);
  }

  private async runFound(asker: Asker, { tools, given }: { tools: Map<string, Tool>; given: unknown }, context: ServerContext) {
    const name = textOf(given, 'name');
    const tool = tools.get(name);
    if (tool) return this.run(asker, { tool, given: argumentsOf(given).arguments }, context);
    const near = nearName(name, [...tools.keys()]);
    const hint = near === undefined ? `; find one with ${ownTools.search}` : `; did you mean '${near}'?`;
    return { content: [text(`there is no tool '${shown(name)}'${hint}`)], isError: true };
  }

  private async run(
    { caller }: Asker,
    { tool, given }: { tool: Tool; given: unknown },
    { mcpReq }: ServerContext,
  ): Promise<CallToolResult> {
    const opened = await this.tools.open(caller, tool);
    if (!opened) throw new RpcError(`Unknown tool: ${tool.name}`);
    const progressToken = mcpReq._meta?.progressToken;
    const tell = (progress: number, message: string) => {
      const params = { progressToken: progressToken as string | number, progress, message };
      // the client may have left
      mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {});
    };
    return this.calls.call({ caller, tool: opened, given, signal: mcpReq.signal, ...(progressToken !== undefined && { progress: tell }) });
  }

  private async search({ caller, tag }: Asker, given: unknown): Promise<CallToolResult> {
    const tools = [...(await this.tools.of(caller, tag)).values()];
    const found = await this.listed(caller, findTools(tools, textOf(given, 'query')));
    const said = found.length === 0 ? `None of the ${tools.length} tools has any of these words.` : JSON.stringify(found);
    return { content: [text(said)], structuredContent: { tools: found } };
  }

  private offer({ caller, base }: Asker, given: unknown): CallToolResult {
    const { url, value, maxBytes, expiresAtMs } = this.uploads.offer(caller, base, argumentsOf(given).name);
    const offer = { url, value, max_bytes: maxBytes, expires_at: new Date(expiresAtMs).toISOString() };
    const said = `Send the file by HTTP PUT to ${url} once, until ${offer.expires_at}, at most ${maxBytes} bytes. Then give ${value} to tools.`;
    return { content: [text(said)], structuredContent: offer };
  }
}

/** An argument of one of the server's own tools; '' where it was left out. Throws invalid_parameters. */
function textOf(given: unknown, name: string): string {
  const value = argumentsOf(given)[name] ?? '';
  if (typeof value === 'string') return value;
  throw new CodedError('invalid_parameters', `${name} must be a text`);
}

function shown(name: string): string {
  return name.slice(0, shownCharacters).toWellFormed();
}
