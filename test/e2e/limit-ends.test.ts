// A program that one of its limits has ended is told apart from one that somebody else has ended.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ControlGroups } from '../../src/execute/run/control-groups.js';
import { ended, ordinary, submit } from '../support/hostile.js';
import { defined, execute, failure, shell } from '../support/programs.js';
import { crash, endOf, next, running } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

const groups = ControlGroups.find('procreg-limit-ends');
const isBounded = groups.limits.includes('memoryBytes');
groups.close();

const take = `/usr/bin/python3 -c 'bytearray(300_000_000)'`;
const burn = `/usr/bin/python3 -c 'while True: pass'`;
const bounded = { limits: { tree_memory: '100MB' } };
const brief = { limits: { cpu_seconds: 1 } };
const write = (bytes: number) => `head -c ${bytes} /dev/zero > written`;
const small = { limits: { file_size: '10KB' } };

/** How many children it can have at once. */
const fork = {
  exec: '/usr/bin/python3',
  argv: ['-c', 'import os, time\ncount = 0\ntry:\n  while os.fork() or time.sleep(60): count += 1\nexcept OSError: print(count)'],
};
const most = { MAX_FILE_SIZE: '1MB', MAX_PROCESSES: '40' };

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ GRACE: '0.5', ...most });
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

describe('limits.file_size', () => {
  test.each([
    ['the program itself', shell(`exec ${write(20_000)}`, small), 10_000],
    ['the only child of a shell', shell(`${write(20_000)}; exit $?`, small), 10_000],
    ['a program in a sandbox', shell(`exec ${write(20_000)}`, { ...small, isolation: 'sandbox' }), 10_000],
    ['a program whose definition says nothing', shell(`exec ${write(2_000_000)}`), 1_000_000],
    [
      'a program whose definition says more than MAX_FILE_SIZE',
      shell(`exec ${write(2_000_000)}`, { limits: { file_size: '5MB' } }),
      1_000_000,
    ],
  ])('that has ended %s is the reason of the end, and says so', async (_what, definition, bytes) => {
    const { json } = await failure(server, 'file_size_limit', definition);
    expect(json.detail).toBe(`the program wrote a file larger than its limit of ${bytes} bytes`);
  });

  test('does not make a reason of an exit code, and ends no program that writes less', async () => {
    await failure(server, 'exit', shell('exit 153'));
    expect((await execute(server, shell(`${write(9000)}; stat -c %s written`, small))).text).toBe('9000\n');
  });
});

describe('limits.processes', () => {
  const children = async (at: TestServer, limits?: object) => Number((await execute(at, { ...fork, limits })).text);

  test('of a definition that says nothing, or too much, are those of MAX_PROCESSES', async () => {
    expect(await children(server)).toBe(39);
    expect(await children(server, { processes: 100 })).toBe(39);
    const path = await defined(server, { ...fork, limits: { processes: 100 } });
    expect((await server.send({ path: `${path}explain/` })).json.limits).toMatchObject({ processes: 40, fileBytes: 1_000_000 });
  });

  test('of a server of an ordinary user count the processes of each run by themselves', async () => {
    const other = await startServer({ ISOLATION: 'pidns', GRACE: '0.5', ...most }, ordinary);
    const counts = await Promise.all([children(other), children(other, { processes: 20 })]);
    // its init has the same user
    expect(counts).toEqual([38, 18]);
    await other.stop();
  });
});

test('runs can be listed by these reasons', async () => {
  const { status, json } = await server.send({ path: '/api/run/?end_reason=memory_limit,cpu_limit' });
  expect(status).toBe(200);
  for (const { end_reason } of json.objects) expect(['memory_limit', 'cpu_limit']).toContain(end_reason);
  expect(json.objects.length).toBeGreaterThan(0);
});
