// Custom adapters: the example of docs/plugins keeps the contract, a server runs it, and a bad module stops the boot in one line.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { defined, execute, store } from '../support/programs.js';
import { projectRoot, startServer } from '../support/server.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-plugins-'));
afterAll(() => rmSync(folder, { recursive: true }));

const environment = join(projectRoot, 'docs/plugins/environment.js');

const definition = (input_parameters: object = {}) => ({
  exec: '/bin/sh',
  argv: ['-c', 'printf %s "$GREETING"'],
  environment: { GREETING: 'hello ${message}' },
  input_adapter: { input_type: 'environment', input_parameters },
});

test('the example passes the contract that process-registry/adapters exports', () => {
  const said = execFileSync(process.execPath, ['--test', 'docs/plugins/environment-contract.js'], { cwd: projectRoot, encoding: 'utf8' });
  expect(said).toMatch(/pass [1-9]/);
  expect(said).toMatch(/fail 0/);
});

test('its types reveal a mistake', () => {
  writeFileSync(
    join(folder, 'typed.ts'),
    `import { type AdapterPlugin, adapterContract, type Check, type RunContext } from 'process-registry/adapters';
const plugin: AdapterPlugin = { input: [{ type: 'x', what: 'x', parameters: { type: 'object', properties: {} },
  adapter: { prepare: async (context) => (context.values.x = context.order.runId, 'empty'), deliver: async (_context, process) => process.stop({}) } }] };
export const checks: Check[] = adapterContract({ plugin });
export const idOf = ({ order }: RunContext): string => order.runId;
// @ts-expect-error there is no such kind of stdin
export const wrong: AdapterPlugin = { input: [{ ...plugin.input![0], adapter: { prepare: async () => 'nonsense', deliver: async () => {} } }] };
`,
  );
  const options = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--types',
    'node',
    '--ignoreConfig',
  ];
  const roots = ['--typeRoots', join(projectRoot, 'node_modules/@types')];
  const installed = join(folder, 'node_modules');
  execFileSync('mkdir', ['-p', installed]);
  execFileSync('ln', ['-s', projectRoot, join(installed, 'process-registry')]);
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  execFileSync(process.execPath, [join(projectRoot, 'node_modules/typescript/bin/tsc'), ...options, ...roots, 'typed.ts'], { cwd: folder });
});

test('a server that names it lists it, checks definitions by it and runs them', async () => {
  const server = await startServer({ PLUGINS: environment });
  const { input } = (await server.send({ path: '/api/adapter/' })).json;
  expect(input.find(({ type }: { type: string }) => type === 'environment')).toMatchObject({
    description: 'the message as the value of ${message}',
    parameters: { properties: { trim: { type: 'boolean' } } },
  });
  expect((await execute(server, definition(), { body: 'world\n' })).text).toBe('hello world\n');
  expect((await execute(server, definition({ trim: true }), { body: 'world\n' })).text).toBe('hello world');
  const plan = await server.send({ method: 'POST', path: `${await defined(server, definition())}explain/`, body: 'world' });
  expect(plan.json.environment.GREETING).toBe('hello ${message}');
  const wrong = await store(server, definition({ trim: 'yes' }));
  expect([wrong.status, wrong.json.error]).toEqual([400, expect.stringContaining('input_adapter.input_parameters.trim')]);
  const elsewhere = await store(server, { exec: 'echo', argv: ['${message}'] });
  expect([elsewhere.status, elsewhere.json.error]).toEqual([400, expect.stringContaining('unknown placeholder')]);
  const spooled = await execute(server, definition(), { body: Buffer.alloc(50_000, 'x'), headers: { 'idempotency-key': 'spooled' } });
  expect(spooled.text).toBe(`hello ${'x'.repeat(50_000)}`);
  const large = await execute(server, definition(), { body: Buffer.alloc(200_000, 'x') });
  expect([large.status, large.json.code]).toEqual([422, 'input_error']);
  await server.stop();
});

describe('a module that cannot be used stops the boot in one line', () => {
  const module = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  test.each([
    ['that is missing', () => join(folder, 'missing.mjs'), 'Cannot find module'],
    ['that is no JavaScript', () => module('broken.mjs', 'export default {'), 'Unexpected end of input'],
    ['that throws', () => module('throws.mjs', 'throw new Error("no\\nline")'), 'no'],
    ['without adapters', () => module('empty.mjs', 'export default {}'), 'has no adapters'],
    ['with a name that is taken', () => module('taken.mjs', plugin('pipe')), "an input adapter 'pipe' already exists"],
    ['with half of an adapter', () => module('half.mjs', plugin('half', 'prepare() {}')), "'half' has no deliver()"],
    [
      'with a bad schema',
      () => module('schema.mjs', plugin('bad', undefined, '{type: "object", properties: {x: {type: "nonsense"}}}')),
      'schema',
    ],
  ])('%s', async (_what, path, sentence) => {
    const failure = await startServer({ PLUGINS: path() }).then(
      (server) => server.stop().then(() => 'it has started'),
      (error: Error) => error.message,
    );
    const [line, ...more] = failure.split('process-registry: ')[1].trim().split('\n');
    expect(line).toContain(`PLUGINS: '${path()}' cannot be used: `);
    expect(line).toContain(sentence);
    expect(more).toEqual([]);
  });
});

function plugin(type: string, methods = 'prepare() {}, deliver() {}', parameters = '{type: "object", properties: {}}'): string {
  return `export default {input: [{type: '${type}', what: 'x', parameters: ${parameters}, adapter: {${methods}}}]}`;
}
