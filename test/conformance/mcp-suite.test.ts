// The official conformance suite of the Model Context Protocol, and the command line of its inspector, against definitions with the names that they want.
import { type SpawnSyncReturns, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authorizingProxy } from '../support/authorizing-proxy.js';
import { basic, noMessage, typed } from '../support/mcp.js';
import { shell, store } from '../support/programs.js';
import { adminLogin, projectRoot, startServer, type TestServer } from '../support/server.js';

const folder = join(projectRoot, 'test/mcp-conformance');
const suite = join(folder, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
const inspector = join(folder, 'node_modules/.bin/mcp-inspector');

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const wav = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=';
const tool = { mcp: true, ...noMessage };
const printed = (text: string, more = {}) => ({ exec: 'printf', argv: [text], ...tool, ...more });
const shown = (base64: string, type: string) => ({ exec: 'cat', argv: ['file'], files: { file: { base64 } }, ...tool, ...typed(type) });
const address = { $anchor: 'addressDef', type: 'object', properties: { street: { type: 'string' }, city: { type: 'string' } } };
const text = { type: 'string' };

const definitions: Record<string, object> = {
  test_simple_text: printed('This is a simple text response for testing.'),
  test_image_content: shown(png, 'image/png'),
  test_audio_content: shown(wav, 'audio/wav'),
  test_embedded_resource: printed('This is an embedded resource content.', typed('application/octet-stream')),
  test_error_handling: shell('echo This tool intentionally returns an error for testing >&2; exit 1', tool),
  test_tool_with_progress: shell('for percent in 0 50 100; do echo $percent >&2; sleep 0.4; done', tool),
  json_schema_2020_12_tool: {
    exec: 'true',
    mcp: true,
    parameters: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      $defs: { address },
      properties: {
        name: text,
        address: { $ref: '#/$defs/address' },
        contactMethod: { ...text, enum: ['phone', 'email'] },
        phone: text,
        email: text,
      },
      allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
      if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { required: ['phone'] },
      else: { required: ['email'] },
      additionalProperties: false,
    },
  },
};

let server: TestServer;
let proxy: Awaited<ReturnType<typeof authorizingProxy>>;
const results = mkdtempSync(join(tmpdir(), 'procreg-conformance-'));
beforeAll(async () => {
  server = await startServer();
  for (const [name, definition] of Object.entries(definitions))
    expect((await store(server, { ...definition, name })).status, name).toBe(201);
  proxy = await authorizingProxy(server.url, basic(adminLogin));
});
afterAll(async () => {
  proxy.close();
  await server.stop();
  rmSync(results, { recursive: true, force: true });
});

type Ended = Pick<SpawnSyncReturns<string>, 'status' | 'stdout'>;

function run(words: string[]): Promise<Ended> {
  const child = spawn(process.execPath, words, { cwd: results });
  let stdout = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (stdout += chunk));
  return new Promise((resolve) => child.once('close', (status) => resolve({ status, stdout })));
}

test.each(['2026-07-28', '2025-11-25'])(
  'revision %s: everything that applies passes',
  async (revision) => {
    const expected = join(folder, `expected-failures-${revision}.yaml`);
    const asked = ['--url', `${proxy.url}/mcp`, '--requirements', revision, '--expected-failures', expected, '-o', results];
    const { status, stdout } = await run([suite, 'server', ...asked]);
    expect(status, stdout.slice(stdout.indexOf('=== SUMMARY'))).toBe(0);
    expect(stdout).toContain('✓ tools-list');
  },
  180_000,
);

test('the inspector lists tools and calls one', async () => {
  const asked = ['--cli', `${server.url}/mcp`, '--transport', 'http', '--header', `Authorization: ${basic(adminLogin)}`];
  const listed = await run([inspector, ...asked, '--method', 'tools/list']);
  expect(listed.status, listed.stdout).toBe(0);
  expect(JSON.parse(listed.stdout).tools.map(({ name }: { name: string }) => name)).toContain('test_simple_text');
  const called = await run([inspector, ...asked, '--method', 'tools/call', '--tool-name', 'test_simple_text']);
  expect(JSON.parse(called.stdout).content).toEqual([{ type: 'text', text: 'This is a simple text response for testing.' }]);
}, 120_000);
