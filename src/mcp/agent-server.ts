// Answers one request of the protocol: a server of the library, made for this caller and this request.
import type { CallToolResult, Tool as ListedTool, ListToolsResult, Server, ServerContext } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { CodedError } from '../model/coded-error.js';
import { declaredParameters, takesFiles } from '../model/definition.js';
import { nearName } from '../model/near-names.js';
import type { Principal } from '../model/roles.js';
import { ServerFacts } from '../model/server-facts.js';
import { refusal, text } from './call-result.js';
import { messageNames } from './message-names.js';
import { searchTools, uploadTool } from './own-tools.js';
import { RpcError } from './rpc-error.js';
import { RunResources, resourceTemplates } from './run-resources.js';
import { loadSdk } from './sdk.js';
import { ToolCalls } from './tool-calls.js';
import { argumentsOf } from './tool-request.js';
import { toolShape } from './tool-schema.js';
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
}

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
    const { Server } = await loadSdk();
    const capabilities = { tools: { listChanged: true }, resources: {} };
    const server = new Server({ name: 'process-registry', version: this.facts.version }, { capabilities, instructions });
    const { caller, base } = asker;
    server.setRequestHandler('tools/list', () => this.list(asker));
    server.setRequestHandler('tools/call', ({ params }, context) => this.call(asker, params, context));
    server.setRequestHandler('resources/list', () => this.resources.list(caller));
    server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates }));
    server.setRequestHandler('resources/read', ({ params }) => this.resources.read(caller, params.uri, base));
    return server;
  }

  private async list({ caller, tag }: Asker): Promise<ListToolsResult> {
    const tools = [...(await this.tools.of(caller, tag)).values()];
    const shown = tools.length > mostListed ? searchTools : tools.map(listed);
    return { tools: tools.some(takesContent) ? [...shown, uploadTool] : shown };
  }

  private async call(asker: Asker, { name, arguments: given }: Called, context: ServerContext): Promise<CallToolResult> {
    if (name === ownTools.search) return this.search(asker, given);
    if (name === ownTools.upload) return this.offer(asker, given);
    const tools = await this.tools.of(asker.caller, asker.tag);
    if (name === ownTools.run) return this.runFound(asker, { tools, given }, context);
    const tool = tools.get(name);
    if (!tool) throw new RpcError(`Unknown tool: ${name}`);
    return this.run(asker, { tool, given }, context);
  }

  private async runFound(asker: Asker, { tools, given }: { tools: Map<string, Tool>; given: unknown }, context: ServerContext) {
    const { name, arguments: inner } = readArguments(given);
    const tool = tools.get(String(name));
    if (tool) return this.run(asker, { tool, given: inner }, context);
    const near = nearName(String(name), [...tools.keys()]);
    const hint = near === undefined ? `; find one with ${ownTools.search}` : `; did you mean '${near}'?`;
    return { content: [text(`there is no tool '${String(name)}'${hint}`)], isError: true };
  }

  private run({ caller }: Asker, { tool, given }: { tool: Tool; given: unknown }, { mcpReq }: ServerContext): Promise<CallToolResult> {
    const progressToken = mcpReq._meta?.progressToken;
    const tell = (progress: number, message: string) => {
      const params = { progressToken: progressToken as string | number, progress, message };
      // the client may have left
      mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {});
    };
    return this.calls.call({ caller, tool, given, signal: mcpReq.signal, ...(progressToken !== undefined && { progress: tell }) });
  }

  private async search({ caller, tag }: Asker, given: unknown): Promise<CallToolResult> {
    const { query = '' } = readArguments(given);
    const tools = [...(await this.tools.of(caller, tag)).values()];
    const found = findTools(tools, String(query)).map(listed);
    const said = found.length === 0 ? `None of the ${tools.length} tools has any of these words.` : JSON.stringify(found);
    return { content: [text(said)], structuredContent: { tools: found } };
  }

  private async offer({ caller, base }: Asker, given: unknown): Promise<CallToolResult> {
    try {
      const { url, value, maxBytes, expiresAtMs } = this.uploads.offer(caller, base, readArguments(given).name);
      const offer = { url, value, max_bytes: maxBytes, expires_at: new Date(expiresAtMs).toISOString() };
      const said = `Send the file by HTTP PUT to ${url} once, until ${offer.expires_at}, at most ${maxBytes} bytes. Then give ${value} to tools.`;
      return { content: [text(said)], structuredContent: offer };
    } catch (error) {
      if (error instanceof CodedError) return refusal(error);
      throw error;
    }
  }
}

/** What does not fit is found out by those who read it. */
function readArguments(given: unknown): Record<string, unknown> {
  try {
    return argumentsOf(given);
  } catch {
    return {};
  }
}

function listed({ name, content }: Tool): ListedTool {
  return { name, ...toolShape(content) } as ListedTool;
}

/** Whether there is anything for which a file could be sent ahead. */
function takesContent({ content }: Tool): boolean {
  return messageNames(content) !== null || Object.values(declaredParameters(content)).some(takesFiles);
}
