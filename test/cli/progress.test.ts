// The progress bar of procreg at a real terminal, and its absence elsewhere.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestClient } from '../support/logged-in-client.js';
import { store } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

/** Runs its arguments with stderr, and with stdin, at a terminal of 80 columns; prints what the terminal got. */
const atTerminal = `
import fcntl, os, pty, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
    os.dup2(os.open('/dev/null', os.O_WRONLY), 1)
    os.execvp(sys.argv[1], sys.argv[1:])
shown = b''
try:
    while True:
        part = os.read(terminal, 65536)
        if not part: break
        shown += part
except OSError:
    pass
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

let server: TestServer;
let client: TestClient;

beforeAll(async () => {
  server = await startServer();
  client = new TestClient(server.url, (await server.send({ method: 'POST', path: '/api/token/', body: { name: 'test' } })).json.token);
  writeFileSync(join(client.folder, 'terminal.py'), atTerminal);
  writeFileSync(join(client.folder, 'sent'), Buffer.alloc(200_000_000));
  await store(server, { exec: 'cp', argv: ['${input_file}', '${output_file}'], name: 'copied' });
});

afterAll(async () => {
  await server.stop();
  client.remove();
});

test('a large message and a large result each have a bar within 80 columns, which is cleared at its end', async () => {
  const { code, out } = await client.bash('python3 terminal.py procreg run -i sent copied');
  expect(code).toBe(0);
  const lines = out.split('\r').filter((line) => line !== '');
  expect(lines.some((line) => /^uploading \[#+ *\] +\d+ % {2}\d+(\.\d)? MB of 200 MB/.test(line))).toBe(true);
  expect(lines.some((line) => line.startsWith('downloading ['))).toBe(true);
  expect(lines.every((line) => line.replace('\x1b[K', '').length < 80)).toBe(true);
  expect(out.endsWith('\r\x1b[K')).toBe(true);
});

test('nothing of it is written where stderr is not a terminal', async () => {
  expect(await client.run(['run', '-i', 'sent', '-o', 'copy', 'copied'])).toMatchObject({ code: 0, out: '', err: '' });
});

test('at a terminal a message is asked for where the definition names its input, and Ctrl-C stops asking', async () => {
  await store(server, { exec: 'cat', name: 'asked', input_adapter: { input_type: 'file' } });
  const { out } = await client.bash('python3 terminal.py sh -c "(sleep 1.5; kill -INT \\$\\$) & exec procreg run asked"');
  expect(out).toContain('the message is read from the terminal; Ctrl-D ends it');
  await store(server, { exec: 'cat', name: 'silent' });
  expect(await client.bash('python3 terminal.py procreg run silent')).toMatchObject({ code: 0, out: '' });
});
