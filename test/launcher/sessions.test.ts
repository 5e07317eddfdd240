// The sessions of programs at level process: shared where nothing can be done with it to others, and a program that leaves its group is stopped all the same.
import { expect, test } from 'vitest';
import type { LaunchSpec } from '../../src/worker/launcher.js';
import { protocolVersion, startFrame } from '../../src/worker/launcher-frames.js';
import { isRoot } from '../support/hostile.js';
import { childrenOf, initOf, readProc } from '../support/processes.js';
import { Line, sanitizedLauncher, shell, textOf, until } from './sanitized.js';

const { root, server, begin, pid } = sanitizedLauncher();
const own = { uid: 691_300, gid: 691_300, own: true };

/** Process group and session of a process. */
const placeOf = (process: number) => {
  const [, , group, session] = readProc(process, 'stat').split(') ')[1].split(' ').map(Number);
  return { group, session };
};

/** Linux 6.12 with Landlock, as the launcher asks for it. */
const scopes = `
import ctypes, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
def rules(scoped): return libc.syscall(444, struct.pack("QQQ", 0, 0, scoped), ctypes.c_size_t(24), 0)
`;
const python = (text: string, more: Partial<LaunchSpec> = {}) => shell('', { exec: '/usr/bin/python3', argv: ['-c', text], ...more });

test('a program has its own group in the session of its launcher; at a terminal and at pidns it has another session', async () => {
  const runsRoot = root();
  const launcher = server(runsRoot);
  const bare = await launcher.launch(shell('sleep 30'));
  const shared = placeOf(pid(runsRoot) as number).session;
  expect(placeOf(bare.pid)).toEqual({ group: bare.pid, session: shared });
  const typed = await launcher.launch(shell('sleep 30', { terminal: { rows: 20, columns: 80 } }));
  expect(placeOf(typed.pid)).toEqual({ group: typed.pid, session: typed.pid });
  const spec = shell('sleep 30', { level: 'pidns' });
  const enclosed = await launcher.launch(spec);
  const init = initOf(spec.runId) as number;
  expect(placeOf(init).session).toBe(init);
  await until(() => childrenOf(init).length === 1);
  expect(placeOf(childrenOf(init)[0].pid)).toEqual({ group: childrenOf(init)[0].pid, session: init });
  for (const run of [bare, typed, enclosed]) {
    run.stop({});
    await run.ended;
    run.release();
  }
});

test.runIf(isRoot)('a program with its own user cannot continue a stopped program of another, nor the launcher', async () => {
  const runsRoot = root();
  const launcher = server(runsRoot);
  const other = await launcher.launch(shell('kill -STOP $$; echo continued', { user: { ...own, uid: own.uid + 1 } }));
  const state = () => readProc(other.pid, 'stat').split(') ')[1][0];
  await until(() => state() === 'T');
  const pids = [other.pid, pid(runsRoot) as number, ...childrenOf(pid(runsRoot) as number).map((child) => child.pid)];
  const attempt = `
import os, signal
for pid in ${JSON.stringify(pids)}:
    try: os.kill(pid, signal.SIGCONT); print("sent", pid)
    except PermissionError: pass
child = os.fork()
if child == 0: signal.pause()
os.kill(child, signal.SIGKILL); os.wait(); print("own")
`;
  const run = await launcher.launch(python(attempt, { user: own }));
  await run.ended;
  expect(await textOf(run)).toBe('own\n');
  expect(state()).toBe('T');
  other.stop({ signal: 'SIGKILL' });
  expect(await other.ended).toMatchObject({ signal: 'SIGKILL', stdout: { bytes: 0 } });
  for (const each of [run, other]) each.release();
});

test.runIf(isRoot)('where Landlock can forbid that no more, such a program has its own session', async () => {
  const runsRoot = root();
  // the most layers that a process may have; they restrict abstract sockets alone
  const wrapped = `${scopes}
import os
libc.prctl(38, 1, 0, 0, 0)
for layer in range(16): libc.syscall(446, rules(1), 0)
os.execv(sys.argv[1], sys.argv[1:])`;
  begin(runsRoot, { before: ['/usr/bin/python3', '-c', wrapped] });
  const line = (await Line.to(runsRoot)).send(['hello', protocolVersion]);
  for (const [user, apart] of [
    [own, true],
    [null, false],
  ] as const) {
    const spec = shell('sleep 30', { user });
    const fields = await line.bytes(startFrame(spec)).hears('started', spec.runId);
    const [, program] = [fields.number(), fields.number()];
    expect(placeOf(program).session === program).toBe(apart);
    line.send(['stop', spec.runId, 9, 0]);
    await line.hears('ended', spec.runId);
    line.send(['forget', spec.runId]);
  }
  line.socket.end();
});

test.each([
  ['of its launcher', null],
  ['of another run', 'other'],
])('a program that joins the group %s is ended at its timeout all the same, and the other goes on', async (_which, into) => {
  const runsRoot = root();
  const launcher = server(runsRoot);
  const users = isRoot ? [{ ...own, uid: own.uid + 1 }, own] : [null, null];
  const other = await launcher.launch(shell('sleep 1.5; exit 6', { user: users[0] }));
  const group = into === null ? 'os.getpgid(os.getppid())' : other.pid;
  const script = `import os, signal, time; os.setpgid(0, ${group}); print("joined", flush=True); time.sleep(60)`;
  const run = await launcher.launch(python(script, { user: users[1], timeoutMs: 700, graceMs: 300 }));
  expect(await run.ended).toMatchObject({ signal: 'SIGTERM', reason: 'timeout', stdout: { bytes: 7 } });
  expect(await other.ended).toMatchObject({ exitCode: 6, reason: null });
  const next = await launcher.launch(shell('exit 4'));
  expect(await next.ended).toMatchObject({ exitCode: 4 });
  for (const each of [run, other, next]) each.release();
});

test.runIf(isRoot)('what has joined the group of another run ends with that run', async () => {
  const runsRoot = root();
  const launcher = server(runsRoot);
  const other = await launcher.launch(shell('sleep 0.7; exit 6', { user: { ...own, uid: own.uid + 1 } }));
  const script = `import os, time; os.setpgid(0, ${other.pid}); time.sleep(60)`;
  const run = await launcher.launch(python(script, { user: own }));
  expect(await other.ended).toMatchObject({ exitCode: 6, reason: null });
  expect(await run.ended).toMatchObject({ signal: 'SIGKILL', reason: null });
  for (const each of [run, other]) each.release();
});
