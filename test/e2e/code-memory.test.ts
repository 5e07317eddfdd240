// Memory of code: what all its processes use together is bounded where there can be control groups, what they reserve is not.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ControlGroups } from '../../src/execute/run/control-groups.js';
import { type Coder, file, newCoder } from '../support/code.js';
import { execute } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const groups = ControlGroups.find('procreg-test-memory');
groups.close();
const isBounded = groups.limits.includes('memoryBytes');

let server: TestServer;
let run: Coder;

beforeAll(async () => {
  server = await startServer({ RUN_MAX_MEMORY: '150MB' });
  run = await newCoder(server);
});
afterAll(async () => {
  await server.stop();
});

const take = (bytes: number) => `taken = bytearray(b"x") * ${bytes}; print("had it")`;
const python = (script: string) => run({ language: 'python', files: [file('main.py', script)] });

test('code that uses more than RUN_MAX_MEMORY is killed, and other code is not', async () => {
  const { json: greedy } = await python(take(300_000_000));
  expect(greedy).toMatchObject(isBounded ? { stdout: '', error: 'Exit code: 137' } : { stdout: 'had it\n', error: '' });
  expect((await python(take(50_000_000))).json).toMatchObject({ stdout: 'had it\n', error: '' });
});

test('a virtual machine that reserves far more than it uses starts', async () => {
  const script = 'console.log(process.memoryUsage().rss < 150e6)';
  const { json } = await run({ language: 'javascript', files: [file('main.js', script)] });
  expect(json).toMatchObject({ stdout: 'true\n', error: '' });
});

test.runIf(isBounded)('limits.tree_memory bounds what the tree of a definition uses, and not its address space', async () => {
  const definition = (script: string) => ({ exec: '/usr/bin/python3', argv: ['-c', script], limits: { tree_memory: '150MB' } });
  expect((await execute(server, definition('import mmap; mmap.mmap(-1, 2**33); print("reserved")'))).text).toBe('reserved\n');
  const { status, json } = await execute(server, definition(take(300_000_000)));
  expect([status, json?.signal]).toEqual(isBounded ? [422, 'SIGKILL'] : [200, undefined]);
});
