// A program that one of its limits has ended is told apart from one that somebody else has ended.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ControlGroups } from '../../src/execute/run/control-groups.js';
import { ended, submit } from '../support/hostile.js';
import { execute, failure, shell } from '../support/programs.js';
import { crash, endOf, next, running } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

const groups = ControlGroups.find('procreg-limit-ends');
const isBounded = groups.limits.includes('memoryBytes');
groups.close();

const take = `/usr/bin/python3 -c 'bytearray(300_000_000)'`;
const burn = `/usr/bin/python3 -c 'while True: pass'`;
const bounded = { limits: { tree_memory: '100MB' } };
const brief = { limits: { cpu_seconds: 1 } };

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ GRACE: '0.5' });
});
afterAll(async () => {
  await server.stop();
});

describe.runIf(isBounded)('limits.tree_memory', () => {
  test.each([
    ['the program itself', shell(`exec ${take}`, bounded)],
    ['a child of it', shell(`${take}; exit 5`, bounded)],
    ['the shell that hands on how its child ended', shell(take, bounded)],
    ['a program with limits.memory as well', shell(`exec ${take}`, { limits: { tree_memory: '100MB', memory: '2GB' } })],
    ['a program in a sandbox', shell(`exec ${take}`, { ...bounded, isolation: 'sandbox' })],
  ])('that has ended %s is the reason of the end, and says so', async (_what, definition) => {
    const { json } = await failure(server, 'memory_limit', definition);
    expect(json.detail).toBe('the program was ended because its processes needed more memory than their limit of 100000000 bytes');
  });

  test('that has ended a child is not the reason where the program ends well', async () => {
    expect((await execute(server, shell(`${take} || echo coped`, bounded))).text).toBe('coped\n');
  });

  test('that was not reached does not change the reason of a kill', async () => {
    const { json } = await failure(server, 'signal', shell('kill -9 $$', bounded));
    expect(json.signal).toBe('SIGKILL');
  });

  test('is the reason also of a run that a later server finds', async () => {
    const first = await startServer({ GRACE: '0.5' });
    const path = await running(first, shell(`sleep 3; exec ${take}`, bounded));
    await crash(first);
    const second = await next(first);
    expect(await endOf(second, path)).toMatchObject({ end_reason: 'memory_limit', signal: 'SIGKILL', success: false });
    await second.stop();
  });
});

describe('limits.cpu_seconds', () => {
  test.each([
    ['the program itself', shell(`exec ${burn}`, brief)],
    ['the only child of a shell', shell(`${burn}; exit $?`, brief)],
  ])('that has ended %s is the reason of the end, and says so', async (_what, definition) => {
    const { json } = await failure(server, 'cpu_limit', definition);
    expect(json.detail).toBe('the program used more processor time than its limit of 1 s');
  });

  test('that was not reached does not change the reason of a kill or an exit code', async () => {
    await failure(server, 'signal', shell('kill -9 $$', brief));
    await failure(server, 'exit', shell('exit 137', brief));
  });

  test('is the reason also where Node starts the programs', async () => {
    const other = await startServer({ LAUNCHER: 'child_process', GRACE: '0.5' });
    const run = await ended(other, await submit(other, shell(`exec ${burn}`, brief)));
    expect(run).toMatchObject({ end_reason: 'cpu_limit', success: false });
    await other.stop();
  });
});

test('runs can be listed by these reasons', async () => {
  const { status, json } = await server.send({ path: '/api/run/?end_reason=memory_limit,cpu_limit' });
  expect(status).toBe(200);
  for (const { end_reason } of json.objects) expect(['memory_limit', 'cpu_limit']).toContain(end_reason);
  expect(json.objects.length).toBeGreaterThan(0);
});
