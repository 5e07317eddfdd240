// The same bytes by five ways: curl, procreg run, a client generated from the operation, a client of MCP, and a message on a bus.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CallToolResult, Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newStream } from '../support/bindings.js';
import { follow } from '../support/followed-stream.js';
import { GeneratedClient } from '../support/generated-client.js';
import { send } from '../support/http.js';
import { TestClient } from '../support/logged-in-client.js';
import { basic, call, connect, textOf } from '../support/mcp.js';
import { defined } from '../support/programs.js';
import { expectOutput, inputOf, type RealDefinition, single, varying } from '../support/real-definitions.js';
import { until } from '../support/restarts.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

/** What a way gives; of a run that failed the beginning of stdout and the end of stderr, as far as the way shows them. */
interface Outcome {
  exitCode: number;
  output: Buffer;
  stderr?: string;
}

type Way = (real: RealDefinition) => Promise<Outcome>;

/** The answer of a run that failed. */
interface Problem {
  exit_code: number;
  stdout: string;
  stderr: string;
}

interface SdkResult {
  data?: ArrayBuffer;
  error?: Problem;
  response: Response;
}
interface Sdk {
  sdk: Record<string, (options: object) => Promise<SdkResult>>;
  client: { setConfig: (options: object) => void };
}

/** More is sent ahead, as a model would. */
const inlineBytes = 100_000;
const paths = new Map<string, string>();
const generated = new GeneratedClient();
let server: TestServer;
let commandLine: TestClient;
let sdk: Sdk['sdk'];
let agent: Client;

beforeAll(async () => {
  server = await startServer();
  for (const { name, definition } of single) paths.set(name, await defined(server, { ...definition, name, mcp: true }));
  const { token } = (await server.send({ method: 'POST', path: '/api/token/', body: { name: 'client' } })).json;
  commandLine = new TestClient(server.url, token);
  agent = await connect(server);
  await generated.addSdk((await server.send({ path: '/api/process_definition/openapi.json' })).text);
  generated.write('entry.ts', "export * as sdk from './sdk/index.js';\nexport { client } from './sdk/client.gen.js';\n");
  const loaded = await generated.load<Sdk>('entry.ts');
  loaded.client.setConfig({ baseUrl: server.url, headers: { Authorization: basic(adminLogin) } });
  sdk = loaded.sdk;
});

afterAll(async () => {
  generated.remove();
  commandLine?.remove();
  await agent?.close();
  await server?.stop();
});

const byCurl: Way = async (real) => {
  const [input, output] = ['in', 'out'].map((name) => join(commandLine.folder, name));
  writeFileSync(input, inputOf(real) ?? '');
  const said = ['-sS', '-u', adminLogin, '--data-binary', `@${input}`, '-o', output, '-w', '%{http_code} %header{exit-code}'];
  const { stdout } = await promisify(execFile)('curl', [...said, `${server.url}/call/${real.name}`]);
  const [status, code] = stdout.split(' ');
  const bytes = readFileSync(output);
  return status === '200' ? { exitCode: Number(code), output: bytes } : outcomeOf(JSON.parse(bytes.toString()));
};

const outcomeOf = ({ exit_code, stdout, stderr }: Problem): Outcome => ({ exitCode: exit_code, output: Buffer.from(stdout), stderr });

const byCommand: Way = async (real) => {
  const { code, stdout, err } = await commandLine.run(['run', real.name], { stdin: inputOf(real) });
  return { exitCode: code, output: stdout, stderr: err };
};

const byGeneratedClient: Way = async (real) => {
  const name = real.name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  const input = inputOf(real) ?? Buffer.alloc(0);
  const isText = Buffer.from(input.toString()).equals(input);
  // the first type of the message is text; for the second one its name is said as well
  const bytes = { body: new Blob([new Uint8Array(input)]), headers: { 'Content-Type': 'application/octet-stream' } };
  const { data, error, response } = await sdk[name]({ ...(isText ? { body: input.toString() } : bytes), parseAs: 'arrayBuffer' });
  if (error) return outcomeOf(error);
  return { exitCode: Number(response.headers.get('exit-code')), output: Buffer.from(data as ArrayBuffer) };
};

const byAgent: Way = async (real) => {
  const result = await call(agent, real.name, await argumentsOf(inputOf(real)));
  const exitCode = result._meta?.['process-registry/exit_code'] as number;
  if (!result.isError) return { exitCode, output: await bytesOf(result) };
  const [said, stderr] = textOf(result).split('\nthe end of its standard error:\n');
  const [, stdout = ''] = said.split('the beginning of its standard output:\n');
  return { exitCode, output: Buffer.from(stdout), stderr };
};

/** A few bytes in the call itself, as text or in base64; more by an upload. */
async function argumentsOf(input: Buffer | undefined): Promise<Record<string, unknown>> {
  if (input === undefined) return {};
  if (input.length > inlineBytes) {
    const { url, value } = (await call(agent, 'request_upload')).structuredContent as { url: string; value: string };
    expect((await send(server.url, { method: 'PUT', path: url.slice(server.url.length), body: input })).status).toBe(201);
    return { message_from: value };
  }
  const isText = Buffer.from(input.toString()).equals(input);
  return isText ? { message: input.toString() } : { message_base64: input.toString('base64') };
}

async function bytesOf({ content }: CallToolResult): Promise<Buffer> {
  const link = content.find((one) => one.type === 'resource_link');
  const resource = link
    ? (await agent.readResource({ uri: link.uri })).contents
    : content.flatMap((one) => (one.type === 'resource' ? one.resource : []));
  if (resource.length > 0) return 'blob' in resource[0] ? Buffer.from(resource[0].blob, 'base64') : Buffer.from(resource[0].text);
  const [first] = content;
  if (first.type === 'image' || first.type === 'audio') return Buffer.from(first.data, 'base64');
  return Buffer.from(first.type === 'text' ? first.text : '');
}

const byMessage: Way = async (real) => {
  const [input, output] = [newStream('in'), newStream('out')];
  const body = { definition: real.name, input: { stream: input }, output: { stream: output }, max_tries: 1 };
  const binding = (await server.send({ method: 'POST', path: '/api/binding/', body })).json;
  const followed = await follow(server, output);
  const sent = await server.send({ method: 'POST', path: `/api/stream/${input}/`, body: inputOf(real) ?? '' });
  expect(sent.status, sent.text).toBe(202);
  const read = async () => (await server.send({ path: binding.resource_uri })).json.state;
  const { failed } = await until(read, ({ handled, failed }) => handled + failed === 1);
  const trigger = ({ trigger }: { trigger: { binding?: number } | null }) => trigger?.binding === binding.id;
  const { objects } = (await server.send({ path: `/api/run/?definition=${paths.get(real.name)}` })).json;
  const [run] = objects.filter(trigger);
  const messages = failed === 1 ? [] : await until(followed.messages, ({ length }) => length === 1);
  expect(followed.messages()).toHaveLength(1 - failed);
  followed.leave();
  const log = async (stream: string) => (await server.send({ path: `${run.resource_uri}log/?stream=${stream}` })).bytes;
  return { exitCode: run.exit_code, output: messages[0] ?? (await log('stdout')), stderr: (await log('stderr')).toString() };
};

const ways = { 'procreg run': byCommand, 'a generated client': byGeneratedClient, 'a client of MCP': byAgent, 'a message': byMessage };

/** What differs from run to run: its folders, how the type of the message names its file there, and its trace. */
const withoutFolders = (stderr = '') => stderr.replace(/\/\S+\/in\/input(\.\w+)?/g, 'input').trimEnd();
const namesAlone = (output: Buffer) => output.toString().replace(/^(HOME|TMPDIR|TRACEPARENT)=.*$/gm, '$1=');

describe.each(single.map((real) => [real.name, real] as const))('%s gives the same', (name, real) => {
  let first: Outcome;
  beforeAll(async () => {
    first = await byCurl(real);
    expect(first.exitCode).toBe(real.expect.exit_code);
    if (first.exitCode === 0) expectOutput(real, first.output);
  });

  test.each(Object.entries(ways))('by curl and by %s', async (_way, way) => {
    const { exitCode, output, stderr } = await way(real);
    expect(exitCode).toBe(real.expect.exit_code);
    if (varying.has(name)) expectOutput(real, output);
    else if (name === 'printenv-clean') expect(namesAlone(output)).toBe(namesAlone(first.output));
    else expect(output.equals(first.output), `${output.subarray(0, 200)} instead of ${first.output.subarray(0, 200)}`).toBe(true);
    if (exitCode !== 0) expect(withoutFolders(stderr)).toBe(withoutFolders(first.stderr));
  });
});
