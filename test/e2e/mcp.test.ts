// Definitions as tools of AI agents: lists, calls, failures, progress, cancellation, resources and changes, in both eras of the protocol.
import { type Client, ProtocolError } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, connect, eras, namesOf, noMessage, runOf, textOf, typed } from '../support/mcp.js';
import { needed, shell, shellWith, store } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const bob = 'bob:bobs-secret';
const ann = 'ann:anns-secret';
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const picture = { exec: 'cat', argv: ['a.png'], files: { 'a.png': { base64: png } }, ...noMessage };
const definitions: Record<string, object> = {
  tr: { exec: 'tr', argv: ['-d', 'x'], description: 'Delete every x', mcp: true, tags: ['text'] },
  plain: { exec: 'true' },
  off: { exec: 'true', mcp: false },
  size: shellWith('wc -c <"$1"; cat "$1" | head -c 20', ['${file}'], {
    mcp: { title: 'Count bytes', description: 'How large a file is', annotations: { readOnlyHint: true } },
    ...needed({ file: { type: 'string', format: 'file', description: 'What is counted' } }),
  }),
  add: {
    exec: 'sh',
    argv: ['-c', 'echo $(($1 + $2))', 'sh', '${a}', '${b}'],
    mcp: true,
    parameters: {
      type: 'object',
      required: ['a', 'b'],
      properties: { a: { type: 'integer' }, b: { type: 'integer' }, key: { type: 'string', secret: true } },
    },
  },
  shout: {
    exec: 'sh',
    argv: ['-c', 'cat; echo "${message}"'],
    mcp: true,
    input_adapter: { input_type: 'file', input_parameters: { file_type: 'stream', stream_name: 'STDIN' } },
    ...needed({ message: { type: 'string' } }),
  },
  fail: shell('echo out; for i in $(seq 2000); do echo "line $i" >&2; done; exit 3', { mcp: true, ...noMessage }),
  large: shell('yes abcdefg | head -c 50000000', { mcp: true, ...noMessage }),
  object: shell(`printf '{"a": [1, 2]}'`, { mcp: true, ...noMessage, ...typed('application/json') }),
  list: shell(`printf '[1, 2]'`, { mcp: true, ...noMessage, ...typed('application/json') }),
  picture: { ...picture, mcp: true, ...typed('image/png') },
  bytes: { ...picture, mcp: true, ...typed('application/octet-stream') },
  quiet: shell('true', { mcp: true, ...noMessage, output_adapter: { output_type: 'none' } }),
  slow: shell('trap "echo term >&2; exit 1" TERM; for i in $(seq 20); do echo "step $i" >&2; sleep 0.05; done; sleep 60 & wait', {
    mcp: true,
    ...noMessage,
  }),
  steps: shell('for i in $(seq 20); do echo "step $i" >&2; sleep 0.05; done; echo done', { mcp: true, ...noMessage }),
};

let server: TestServer;
const clients: Record<string, Client> = {};
beforeAll(async () => {
  server = await startServer({ GRACE: '2' });
  await server.user(bob, 'author');
  await server.user(ann, 'runner');
  for (const [name, definition] of Object.entries(definitions))
    expect((await store(server, { ...definition, name })).status, name).toBe(201);
  await store(server, { exec: 'cat', name: 'shared', visibility: 'shared', mcp: true }, bob);
  await store(server, { exec: 'cat', name: 'private', mcp: true }, bob);
  for (const era of eras) clients[era] = await connect(server, { era });
});
afterAll(async () => {
  for (const client of Object.values(clients)) await client.close();
  await server.stop();
});

const lastRun = async (name: string) => (await server.send({ path: `/api/run/?definition=${name}&limit=1` })).json.objects[0];

describe.each(eras)('in the era %s', (era) => {
  test('a caller has the tools that it may run, its own and the shared ones', async () => {
    const expected = Object.keys(definitions).filter((name) => name !== 'plain' && name !== 'off');
    expect(await namesOf(clients[era])).toEqual([...expected, 'bob--shared', 'request_upload']);
    const others = await connect(server, { era, login: ann });
    expect(await namesOf(others)).toEqual(['bob--shared', 'request_upload']);
    expect(textOf(await call(others, 'bob--shared', { message: 'hello' }))).toBe('hello');
    await expect(call(others, 'tr', { message: 'x' })).rejects.toMatchObject({ code: -32602, message: expect.stringContaining('tr') });
    await expect(call(others, 'bob--private', { message: 'x' })).rejects.toBeInstanceOf(ProtocolError);
    await others.close();
    const ofBob = await connect(server, { era, login: bob });
    expect(await namesOf(ofBob)).toEqual(['shared', 'private', 'request_upload']);
    await ofBob.close();
  });

  test('an address with a tag has the tools with this tag', async () => {
    const tagged = await connect(server, { era, path: '/mcp/text' });
    expect(await namesOf(tagged)).toEqual(['tr', 'request_upload']);
    await expect(call(tagged, 'add', { a: 1, b: 2 })).rejects.toBeInstanceOf(ProtocolError);
    await tagged.close();
  });

  test('a call gives the output, and its record is that of any run', async () => {
    const result = await call(clients[era], 'tr', { message: 'axbxc' });
    expect(result).toMatchObject({ content: [{ type: 'text', text: 'abc' }] });
    expect(result._meta).toMatchObject({ 'process-registry/exit_code': 0, 'process-registry/duration_ms': expect.any(Number) });
    const { json } = await server.send({ path: `/api/run/${runOf(result)}/` });
    expect(json).toMatchObject({ definition_name: 'tr', state: 'finished', owner: 'admin', input_bytes: 5 });
    expect(textOf(await call(clients[era], 'tr', { message_base64: Buffer.from('xyz').toString('base64') }))).toBe('yz');
    expect(textOf(await call(clients[era], 'tr'))).toBe('');
  });

  test('arguments are the parameters, and those of the message never collide with them', async () => {
    expect(textOf(await call(clients[era], 'add', { a: 2, b: 40 }))).toBe('42\n');
    expect(textOf(await call(clients[era], 'shout', { message: 'of parameter', message_: 'of message ' }))).toBe(
      'of message of parameter\n',
    );
    const missing = await call(clients[era], 'shout', { message: 'm' });
    expect(missing).toMatchObject({ isError: true });
    expect(textOf(missing)).toContain("'message_' is missing");
  });

  test('a call with wrong arguments says what is wrong with each, and starts nothing', async () => {
    const before = (await lastRun('add'))?.id;
    const result = await call(clients[era], 'add', { a: 'x', b: 'y' });
    expect(result.isError).toBe(true);
    expect(result._meta?.['process-registry/faults']).toEqual([
      { path: 'a', message: expect.stringContaining('integer') },
      { path: 'b', message: expect.stringContaining('integer') },
    ]);
    expect(textOf(result)).toMatch(/- a: .*\n- b: /);
    expect(textOf(await call(clients[era], 'add', { a: 1, b: 2, c: 3 }))).toContain("'c' is not declared");
    expect((await lastRun('add'))?.id).toBe(before);
  });

  test('a failure has the exit code, stdout and the last 4 KiB of stderr', async () => {
    const result = await call(clients[era], 'fail');
    expect(result).toMatchObject({ isError: true, _meta: { 'process-registry/exit_code': 3 } });
    expect(textOf(result)).toContain('exit code: 3\nthe beginning of its standard output:\nout\n');
    expect(textOf(result).endsWith('line 1999\nline 2000\n')).toBe(true);
    expect(textOf(result).length).toBeLessThan(4600);
  });

  test('an unknown tool is an error of the protocol', async () => {
    await expect(call(clients[era], 'nothing')).rejects.toMatchObject({ code: -32602 });
    await expect(call(clients[era], 'plain')).rejects.toMatchObject({ code: -32602 });
  });

  test('what is no text comes by its type, and JSON as a value too', async () => {
    expect((await call(clients[era], 'picture')).content).toEqual([{ type: 'image', data: png, mimeType: 'image/png' }]);
    expect((await call(clients[era], 'bytes')).content[0]).toMatchObject({ type: 'resource', resource: { blob: png } });
    expect(await call(clients[era], 'object')).toMatchObject({ structuredContent: { a: [1, 2] }, content: [{ text: '{"a": [1, 2]}' }] });
    expect(await call(clients[era], 'list')).toMatchObject({ structuredContent: { result: [1, 2] } });
    expect(textOf(await call(clients[era], 'quiet'))).toContain('exit code 0');
  });

  test('50 MB are a link with their beginning, and go into another tool without passing the model', async () => {
    const result = await call(clients[era], 'large');
    const [text, link] = result.content;
    const uri = `procreg://run/${runOf(result)}/output`;
    expect(link).toMatchObject({ type: 'resource_link', uri, size: 50_000_000, mimeType: 'text/plain' });
    expect(JSON.stringify(text).length).toBeLessThan(4000);
    expect(textOf(result)).toContain('abcdefg\nabcdefg\n');
    expect(textOf(await call(clients[era], 'size', { file: `run:${runOf(result)}/output` }))).toContain('50000000\n');
    expect(textOf(await call(clients[era], 'tr', { message_from: `run:${runOf(await call(clients[era], 'list'))}/output` }))).toBe(
      '[1, 2]',
    );
    const [part, remark] = (await clients[era].readResource({ uri })).contents as { text: string }[];
    expect(part.text.length).toBe(2 ** 20);
    expect(remark.text).toContain(`${server.url}/api/run/${runOf(result)}/output/`);
  });

  test('a text in place of a file is its content', async () => {
    expect(textOf(await call(clients[era], 'size', { file: 'hello' }))).toBe('5\nhello');
  });

  test('a client that asks for it gets lines of stderr as progress, at most five times a second', async () => {
    const told: { progress: number; message?: string }[] = [];
    const beganMs = performance.now();
    await clients[era].callTool({ name: 'steps', arguments: {} }, { onprogress: (one) => told.push(one) });
    const seconds = (performance.now() - beganMs) / 1000;
    expect(told.map(({ message }) => message).join('\n')).toContain('step 1\n');
    expect(told.length).toBeGreaterThan(2);
    expect(told.length).toBeLessThanOrEqual(seconds * 5 + 2);
    expect(told.map(({ progress }) => progress)).toEqual(told.map(({ progress }) => progress).sort((one, other) => one - other));
  });

  test('a cancelled call ends its program within the grace', async () => {
    const cancelled = new AbortController();
    const called = clients[era].callTool({ name: 'slow', arguments: {} }, { signal: cancelled.signal });
    const failed = expect(called).rejects.toThrow();
    await expect.poll(async () => (await lastRun('slow'))?.state, { timeout: 10_000 }).toBe('running');
    cancelled.abort();
    await failed;
    await expect.poll(async () => (await lastRun('slow')).state, { timeout: 10_000 }).toBe('finished');
    expect(await lastRun('slow')).toMatchObject({ end_reason: 'stop', error: expect.stringContaining('cancelled') });
  });

  test('the outputs, logs and files of runs are resources of their owner', async () => {
    const id = runOf(await call(clients[era], 'tr', { message: 'to be read' }));
    const read = async (uri: string, client = clients[era]) => (await client.readResource({ uri })).contents;
    expect(await read(`procreg://run/${id}/output`)).toEqual([
      { uri: `procreg://run/${id}/output`, mimeType: 'text/plain', text: 'to be read' },
    ]);
    expect(await read(`procreg://run/${id}/log`)).toMatchObject([{ text: 'to be read' }]);
    const { resources } = await clients[era].listResources();
    expect(resources[0]).toMatchObject({ uri: `procreg://run/${id}/output`, size: 10 });
    expect(resources.length).toBeLessThanOrEqual(20);
    expect((await clients[era].listResourceTemplates()).resourceTemplates).toHaveLength(3);
    const others = await connect(server, { era, login: ann });
    for (const uri of [
      `procreg://run/${id}/output`,
      `procreg://run/${id}/log`,
      `procreg://run/${id}/files/x`,
      'procreg://nothing',
      'file:///etc/passwd',
    ])
      await expect(read(uri, others)).rejects.toMatchObject({ code: -32602, data: { uri } });
    await others.close();
  });

  test('a client that listens hears when its tools change', async () => {
    const listening = await connect(server, { era, login: bob });
    let heard = 0;
    listening.setNotificationHandler('notifications/tools/list_changed', () => void heard++);
    const subscription = era === 'auto' ? await listening.listen({ toolsListChanged: true }) : undefined;
    await store(server, { exec: 'true', name: `unseen-${era}` }, bob);
    await store(server, { exec: 'true', name: `new-${era}`, mcp: true }, bob);
    await expect.poll(() => heard, { timeout: 10_000 }).toBe(1);
    await server.send({ method: 'DELETE', path: `/api/process_definition/new-${era}/`, login: bob });
    await expect.poll(() => heard, { timeout: 10_000 }).toBe(2);
    await subscription?.close();
    await listening.close();
  });
});

test('what a client is told of a tool', async () => {
  const { tools } = await clients.auto.listTools();
  const tool = (name: string) => tools.find((one) => one.name === name);
  expect(tool('size')).toMatchObject({ title: 'Count bytes', description: 'How large a file is', annotations: { readOnlyHint: true } });
  expect(tool('size')?.inputSchema.properties?.file).toEqual({
    type: 'string',
    description: expect.stringMatching(/^What is counted\. A file: run:ID/),
  });
  expect(Object.keys(tool('add')?.inputSchema.properties ?? {})).toEqual(['a', 'b']);
  expect(Object.keys(tool('shout')?.inputSchema.properties ?? {})).toEqual(['message', 'message_', 'message_base64', 'message_from']);
  expect(tool('object')?.outputSchema).toMatchObject({ type: 'object' });
  expect(tool('tr')?.outputSchema).toBeUndefined();
});
