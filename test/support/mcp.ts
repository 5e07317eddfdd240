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
