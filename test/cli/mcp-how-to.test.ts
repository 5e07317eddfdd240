// docs/how-to/connect-an-ai-agent.md: each configuration is parsed, and what it names is started or asked.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestClient } from '../support/logged-in-client.js';
import { call, namesOf, textOf } from '../support/mcp.js';
import { projectRoot, startServer, type TestServer } from '../support/server.js';

interface Configured {
  url?: string;
  headers?: Record<string, string>;
  command?: string;
  args?: string[];
  env?: Record<string, string>;
}

const page = readFileSync(join(projectRoot, 'docs/how-to/connect-an-ai-agent.md'), 'utf8');
const blocks = (kind: string) => [...page.matchAll(new RegExp(`\`\`\`${kind}\\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text);
const configurations = blocks('json');

let server: TestServer;
let client: TestClient;
let token: string;
beforeAll(async () => {
  server = await startServer();
  const { json } = await server.send({ method: 'POST', path: '/api/token/', body: { name: 'test' } });
  client = new TestClient(server.url, json.token);
  const [first, last] = blocks('sh');
  // the tag is that of the last configuration
  const made = await client.bash(`set -e\n${first.replace('--mcp', '--mcp --tag text')}`);
  token = made.out.trim().split('\n').at(-1) as string;
  expect(token, made.err).toMatch(/^pr_/);
  const answered = await client.bash(last, { environment: { PROCREG_TOKEN: token } });
  expect(JSON.parse(answered.out).result.tools[0].name).toBe('tr');
});
afterAll(async () => {
  client.remove();
  await server.stop();
});

const here = (text: string) => text.replaceAll('http://127.0.0.1:8000', server.url).replaceAll('pr_TOKEN', token);

function transportOf({ url, headers, command = '', args, env }: Configured) {
  if (url !== undefined) return new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
  const { PROCREG_URL: _url, PROCREG_TOKEN: _token, ...environment } = client.environment;
  return new StdioClientTransport({ command, args, env: { ...environment, ...env }, stderr: 'pipe' });
}

test.each(configurations.map((text, index) => [index + 1, text] as const))('configuration %i reaches the tool', async (_number, text) => {
  const { mcpServers, servers } = JSON.parse(here(text)) as Record<string, Record<string, Configured>>;
  const speaking = new Client({ name: 'test', version: '1' });
  await speaking.connect(transportOf((mcpServers ?? servers).procreg));
  expect(await namesOf(speaking)).toEqual(['tr', 'request_upload']);
  expect(textOf(await call(speaking, 'tr', { message: 'axbxc' }))).toBe('abc');
  await speaking.close();
});
