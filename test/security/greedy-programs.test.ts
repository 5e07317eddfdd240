// Programs that take all they can get: memory, CPU time, descriptors, processes; the limits are kept, and the server answers meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ControlGroups } from '../../src/execute/run/control-groups.js';
import { ended, isRoot, newMark, submit } from '../support/hostile.js';
import { initsOf, leftAfter, marked, readProc } from '../support/processes.js';
import { defined, execute, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

/** The kernel shares the processors among sessions, not among processes: else a bomb takes what the server needs. */
const groupsSessions = readProc('sys', 'kernel/sched_autogroup_enabled').trim() === '1';

const python = (script: string, limits: object, more: object = {}) => ({ exec: '/usr/bin/python3', argv: ['-c', script], limits, ...more });

/** How many processes it could have at once. */
const fork = `
import os, time
count = 0
try:
    while count < 500:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        count += 1
except OSError:
    pass
print(count)
`;

/** Each of its processes starts others, as fast as it can, and ignores TERM. */
const bomb = (inEach: string) => `
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("lit", flush=True)
while True:
    try:
        if os.fork() == 0:
            ${inEach}
    except OSError:
        pass
`;

/** Four children that each stay below the limit, and how the system ended them. */
const shareOut = `
import os, time
children = []
for _ in range(4):
    pid = os.fork()
    if pid == 0:
        taken = bytearray(b"x") * 80_000_000
        time.sleep(1)
        os._exit(0)
    children.append(pid)
print(sorted({os.waitpid(pid, 0)[1] for pid in children}))
`;

const groups = ControlGroups.find('procreg-test');
groups.close();

describe.each(['process', 'pidns'])('at level %s', (level) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ ISOLATION: level, GRACE: '0.5' });
  });
  afterAll(() => server.stop());

  test('more memory than its limit is refused to a program', async () => {
    const take = 'try:\n  bytearray(300_000_000); print("had it")\nexcept MemoryError: print("refused")';
    expect((await execute(server, python(take, { memory: '200MB' }))).text).toBe('refused\n');
    expect((await execute(server, python(take, { memory: '600MB' }))).text).toBe('had it\n');
  });

  test('all the processes of a run share its memory limit, where control groups can be created; else it applies to each of them', async () => {
    const below = (await execute(server, python(shareOut, { memory: '200MB' }))).text;
    if (groups.limits.includes('memoryBytes')) expect(below).toMatch(/9\]$/m);
    else expect(below).toBe('[0]\n');
    expect((await execute(server, python(shareOut, { memory: '600MB' }))).text).toBe('[0]\n');
  });

  test('a program that burns more CPU time than its limit is ended', async () => {
    const run = await ended(server, await submit(server, python('while True: pass', { cpu_seconds: 1 })));
    expect(run.end_reason).toBe('cpu_limit');
    expect(['SIGXCPU', 'SIGKILL']).toContain(run.signal);
    expect(run.usage.cpu_ms).toBeGreaterThan(600);
    expect(run.usage.cpu_ms).toBeLessThan(3000);
  });

  test('a program opens no more files than its limit', async () => {
    const open =
      'files = []\ntry:\n  while True: files.append(open("/dev/null"))\nexcept OSError as error: print(len(files), error.strerror)';
    const { text } = await execute(server, python(open, { open_files: 32 }));
    expect(text).toMatch(/^2\d Too many open files\n$/);
  });

  test.runIf(isRoot)('a program has no more processes than its limit, whatever others have', async () => {
    const path = await defined(server, python(fork, { processes: 20 }));
    const answers = await Promise.all([1, 2, 3].map(() => server.send({ method: 'POST', path: `${path}execute/` })));
    for (const { text } of answers) expect(text).toBe('19\n');
  });
});

describe('a fork bomb at level pidns', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ ISOLATION: 'pidns', GRACE: '0.5' });
  });
  afterAll(() => server.stop());

  const mark = newMark();
  const lit = (inEach: string, processes: number) =>
    submit(server, python(bomb(inEach), { processes }, { timeout: 3, environment: { MARK: mark } }));

  async function expectGone(run: { id: string; end_reason: string }): Promise<void> {
    expect(run.end_reason).toBe('timeout');
    expect(await leftAfter(1000, () => [...marked(mark), ...initsOf([run.id])])).toEqual([]);
  }

  test('is gone a second after its end, and the API answers meanwhile', { timeout: 90_000 }, async () => {
    const path = await lit('pass', 1000);
    let over = false;
    // next to other tests, the bomb of a busy machine takes long to be ended
    const end = ended(server, path, 60).finally(() => {
      over = true;
    });
    end.catch(() => {});
    const tookMs: number[] = [];
    for (let index = 0; !over; index++) {
      const beginMs = performance.now();
      const { status } = await server.send({ path: ['/health', '/api/run/', '/api/process_definition/', path][index % 4] });
      tookMs.push(performance.now() - beginMs);
      expect(status).toBe(200);
      await sleep(10);
    }
    await expectGone(await end);
    const p95Ms = tookMs.sort((one, other) => one - other)[Math.floor(tookMs.length * 0.95)];
    if (groupsSessions) expect(p95Ms).toBeLessThan(1500);
  });

  test('whose processes each have a separate session is gone as well, and the next run is left alone', async () => {
    await expectGone(await ended(server, await lit('os.setsid()', 100)));
    expect((await execute(server, shell('echo well'))).text).toBe('well\n');
  });
});
