// A message of JSON-RPC as far as the relay looks at it, and what HTTP wants to know of it in headers.

export interface Message {
  jsonrpc?: string;
  id?: unknown;
  method?: string;
  params?: Record<string, unknown> | null;
  result?: Record<string, unknown>;
}

/** Where requests from revision 2026-07-28 on name their revision. */
const versionKey = 'io.modelcontextprotocol/protocolVersion';

/** Undefined: it is none. */
export function parsedMessage(text: string): Message | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** It is to be answered. */
export function isRequest({ id, method }: Message): boolean {
  return id !== undefined && method !== undefined;
}

/** The headers that repeat parts of the message, for what stands between client and server. */
export function namedHeaders({ method, params }: Message): Record<string, string> {
  const version = (params?._meta as Record<string, unknown> | null | undefined)?.[versionKey];
  const name = params?.name ?? params?.uri;
  if (typeof version !== 'string' || typeof method !== 'string') return {};
  const isNamed = typeof name === 'string' && ['tools/call', 'resources/read', 'prompts/get'].includes(method);
  return { 'mcp-protocol-version': version, 'mcp-method': headerText(method), ...(isNamed && { 'mcp-name': headerText(name) }) };
}

/** What a header cannot hold is sent in base64, as the protocol has it. */
function headerText(text: string): string {
  return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith('=?')
    ? text
    : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}
