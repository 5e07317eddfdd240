// A real terminal with a program at it: what is typed and what is on the screen, by the module pty of Python.
import { spawn } from 'node:child_process';

/** What is done one after the other: type; wait for a text behind what was seen last; give the terminal another size; send a signal. */
export type Step = { type: string } | { until: string } | { size: [rows: number, columns: number] } | { signal: number };

export interface Typed {
  screen: string;
  /** The exit code; 128 + n for a signal. */
  code: number;
  /** The modes of the terminal are as they were before. */
  isRestored: boolean;
}

const driver = `
import fcntl, json, os, pty, select, signal, struct, sys, termios, time
argv, steps, rows, columns, limit = json.loads(sys.argv[1])
size = lambda r, c: struct.pack('HHHH', r, c, 0, 0)
main, side = pty.openpty()
fcntl.ioctl(main, termios.TIOCSWINSZ, size(rows, columns))
before = termios.tcgetattr(side)
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(side, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2): os.dup2(side, fd)
    os.close(main)
    os.execvp(argv[0], argv)
screen, seen, end = b'', 0, time.time() + limit
def read():
    global screen
    if select.select([main], [], [], 0.02)[0]: screen += os.read(main, 65536)
for step in steps:
    if 'type' in step: os.write(main, step['type'].encode())
    if 'signal' in step: os.kill(pid, step['signal'])
    if 'size' in step: fcntl.ioctl(main, termios.TIOCSWINSZ, size(*step['size']))
    if 'until' in step:
        wanted = step['until'].encode()
        while wanted not in screen[seen:]:
            if time.time() > end: sys.exit('not shown: %r in %r' % (wanted, screen[seen:]))
            read()
        seen = screen.index(wanted, seen) + len(wanted)
status = 0
while time.time() < end:
    done, status = os.waitpid(pid, os.WNOHANG)
    read()
    if done: break
else:
    os.kill(pid, signal.SIGKILL)
    sys.exit('did not end: %r' % screen)
read()
code = os.waitstatus_to_exitcode(status)
print(json.dumps({'screen': screen.decode(errors='replace'), 'code': code if code >= 0 else 128 - code, 'isRestored': termios.tcgetattr(side) == before}))
`;

/** Rejects when a text is not shown, or the program does not end. */
export function atTerminal(argv: string[], steps: Step[], env: Record<string, string | undefined> = {}): Promise<Typed> {
  const child = spawn('python3', ['-c', driver, JSON.stringify([argv, steps, 30, 100, 40])], { env: { ...process.env, ...env } });
  let [said, failed] = ['', ''];
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (failed += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(JSON.parse(said)) : reject(new Error(failed))));
  });
}
