// What an init does not hand on from one run to the next, and whom it does not serve.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isRoot } from '../support/hostile.js';
import { enclosedRuns, user } from './namespaces.js';
import { until } from './sanitized.js';

const { workFolder, place } = enclosedRuns();

describe.runIf(isRoot)('an init with one run after the other', () => {
  test('serves no other user, no other folder, and no folder that was created again under its name', async () => {
    const { run, folder } = place();
    const first = await run('true');
    expect((await run('true', { user: { ...user, uid: user.uid + 1 }, cwd: '/' })).init).not.toBe(first.init);
    const other = workFolder();
    expect((await run('true', { kept: other, cwd: join(other, 'work') })).init).not.toBe(first.init);
    expect((await run('true', { masked: [] })).init).not.toBe(first.init);
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    workFolder(folder);
    const again = await run('echo here > file');
    expect(again.init).not.toBe(first.init);
    expect(readFileSync(join(folder, 'work/file'), 'utf8')).toBe('here\n');
  });

  test('serves no run whose stdin is a file, since it cannot see DATA_DIR', async () => {
    const { run, runsRoot } = place();
    await run('true');
    writeFileSync(join(runsRoot, 'message'), 'from a file');
    expect(await run('cat', { stdin: { file: join(runsRoot, 'message') } })).toMatchObject({ text: 'from a file' });
  });

  test('leaves no IPC object, which would outlive processes, to the next run', async () => {
    const { run, runNext, folder } = place();
    const queue = join(folder, 'queue');
    const source = 'int main(int n, char **words) { return mq_open(words[1], n > 2 ? O_RDWR : O_CREAT | O_RDWR, 0600, 0) < 0; }';
    writeFileSync(`${queue}.c`, `#include <fcntl.h>\n#include <mqueue.h>\n${source}\n`);
    execFileSync('cc', ['-o', queue, `${queue}.c`]);
    const left = `ipcs | grep -c 0x; for name in /left /${'q'.repeat(200)}; do ${queue} $name again && echo found; done; true`;
    const { init } = await run('true');
    for (const leaving of [
      'ipcmk -M 4096 -p 0666',
      'ipcmk -S 1 -p 0666',
      'ipcmk -Q -p 0666',
      `${queue} /left`,
      `${queue} /${'q'.repeat(200)}`,
    ]) {
      expect(await runNext(`${leaving} && ipcs >/dev/null`), leaving).toMatchObject({ init, exitCode: 0 });
      expect(await runNext(left), leaving).toMatchObject({ init, text: '0\n' });
    }
  });

  test('gives each run its own empty stdin, without the flags and the lock of the one before', async () => {
    const { run, runNext } = place();
    const talk = (words: string) => `python3 -c 'import fcntl, os; ${words}'`;
    const first = await run(talk('fcntl.fcntl(0, fcntl.F_SETFL, os.O_NONBLOCK); fcntl.flock(0, fcntl.LOCK_EX)'));
    expect(first).toMatchObject({ exitCode: 0 });
    const look =
      'other = os.open("/dev/null", os.O_RDONLY); fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB); print(fcntl.fcntl(0, fcntl.F_GETFL) & os.O_NONBLOCK)';
    expect(await runNext(talk(look))).toMatchObject({ init: first.init, text: '0\n' });
  });

  test('shows nothing of the next run to a process that has kept a descriptor of its /proc', async () => {
    const { run, runNext, start, runsRoot } = place();
    const other = workFolder();
    const meeting = join(tmpdir(), `procreg-rest-${process.pid}.sock`);
    // sends its /proc and ends; receives one, and looks into it as long as the next run of the other runs
    const talk = (words: string) => `python3 -c '
import array, os, socket, sys, time
if sys.argv[1] == "send":
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.connect("${meeting}"); socket.send_fds(line, [b"x"], [os.open("/proc", os.O_RDONLY)])
else:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind("${meeting}"); os.chmod("${meeting}", 0o666); print("ready", flush=True)
        proc = socket.recv_fds(line, 1, 1)[1][0]
        seen = set()
        for turn in range(100):
            time.sleep(0.02)
            for name in os.listdir(proc):
                try: seen.add(open(os.open(name + "/cmdline", os.O_RDONLY, dir_fd=proc)).read())
                except OSError as error: pass
        print([line for line in seen if "hunter2" in line])
' ${words}`;
    const runId = `run-accomplice-${process.pid}`;
    const accomplice = await start(talk('receive'), { runId, user: { ...user, uid: user.uid + 1 }, cwd: '/', kept: other });
    await until(() => ((statSync(meeting, { throwIfNoEntry: false })?.mode ?? 0) & 0o666) === 0o666);
    const first = await run(talk('send'));
    expect(first).toMatchObject({ exitCode: 0 });
    const next = await runNext('sleep 1; : --password hunter2');
    expect(next).toMatchObject({ init: first.init, exitCode: 0 });
    expect(await accomplice.ended).toMatchObject({ exitCode: 0 });
    const said = readFileSync(join(runsRoot, runId, 'log'), 'latin1');
    accomplice.release();
    rmSync(meeting);
    expect(said).toContain('ready');
    expect(said).toMatch(/\[\]\n$/);
  });

  test('serves one run only where its user may be shared with others, and where its start order is large', async () => {
    const { run } = place();
    const { init } = await run('true');
    expect((await run('true', { user: { ...user, own: false } })).init).not.toBe(init);
    const large = await run('true', { environment: { LARGE: 'x'.repeat(100_000) } });
    expect((await run('true')).init).not.toBe(large.init);
  });
});
