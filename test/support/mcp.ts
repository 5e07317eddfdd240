// Clients of the Model Context Protocol, by the official library, in both of its eras.
import { type CallToolResult, Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { adminLogin, type TestServer } from './server.js';

/** 2025-11-25, which clients speak that ask for nothing else, and 2026-07-28. */
export const eras = ['legacy', 'auto'] as const;
type Era = (typeof eras)[number];

export interface Connecting {
  era?: Era;
  login?: string;
  token?: string;
  path?: string;
}

export const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`;

export async function connect(
  server: TestServer,
  { era = 'auto', login = adminLogin, token, path = '/mcp' }: Connecting = {},
): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, era === 'auto' ? { versionNegotiation: { mode: 'auto' } } : undefined);
  const headers = { authorization: token === undefined ? basic(login) : `Bearer ${token}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(path, server.url), { requestInit: { headers } }));
  return client;
}

export const namesOf = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name);

export async function call(client: Client, name: string, given: Record<string, unknown> = {}): Promise<CallToolResult> {
  return (await client.callTool({ name, arguments: given })) as CallToolResult;
}

/** The text of the first part. */
export function textOf({ content: [first] }: CallToolResult): string {
  return first.type === 'text' ? first.text : `(${first.type})`;
}

export const runOf = ({ _meta }: CallToolResult) => _meta?.['process-registry/run'] as string;

/** The parts of definitions. */
export const noMessage = { input_adapter: { input_type: 'none' } };
export const typed = (content_type: string) => ({
  output_adapter: { output_type: 'file', output_parameters: { file_type: 'stream', stream_name: 'STDOUT', content_type } },
});

/** How a request goes without the library: as it is on the wire. */
export interface Asking {
  era?: Era;
  id?: unknown;
  login?: string;
  headers?: Record<string, string>;
  /** Changes the text of the body. */
  spoil?: (text: string) => string | Buffer;
}

const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** One message of JSON-RPC; the last one of the answer, or undefined where its body has none. */
export async function rpc(server: TestServer, method: string, params: Record<string, unknown>, asking: Asking = {}) {
  const { era = 'legacy', id = 1, login = adminLogin, headers, spoil = (text) => text } = asking;
  const isModern = era === 'auto';
  const name = params.name ?? params.uri;
  const text = JSON.stringify({ jsonrpc: '2.0', id, method, params: isModern ? { ...params, _meta: modernMeta } : params });
  const sent = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': isModern ? '2026-07-28' : '2025-11-25',
    ...(isModern && { 'mcp-method': method, ...(typeof name === 'string' && { 'mcp-name': name }) }),
    ...headers,
  };
  const answer = await server.send({ method: 'POST', path: '/mcp', body: spoil(text), login, headers: sent });
  const events = answer.text.match(/^data: \{.*$/gm);
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  const message: any = events ? JSON.parse(events.at(-1)!.slice('data: '.length)) : answer.text.startsWith('{') ? answer.json : undefined;
  return { status: answer.status, headers: answer.headers, message };
}
