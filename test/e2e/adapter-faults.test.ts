// Failures of messages and outputs: each has its code and names what is meant, within the run's timeout, and leaves nothing behind.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.js';
import { type Ground, grounds, newMark, startOn } from '../support/hostile.js';
import { leftAfter, marked } from '../support/processes.js';
import { execute, failure, shell } from '../support/programs.js';
import { endOf, running } from '../support/restarts.js';
import { pathsOf } from '../support/run-files.js';
import type { TestServer } from '../support/server.js';

const portIn = (tcp_port: unknown, more: object = {}) => ({
  input_adapter: { input_type: 'port', input_parameters: { tcp_port, ...more } },
});
const portOut = (tcp_port: unknown) => ({ output_adapter: { output_type: 'port', output_parameters: { tcp_port } } });
const pipeIn = (pipe_path = '${input_pipe}') => ({ input_adapter: { input_type: 'pipe', input_parameters: { pipe_path } } });
const pipeOut = (pipe_path = '${output_pipe}') => ({ output_adapter: { output_type: 'pipe', output_parameters: { pipe_path } } });
const appendOut = (file_path = 'log') => ({ output_adapter: { output_type: 'append', output_parameters: { file_path } } });
const appendIn = (more: object = {}) => ({ input_adapter: { input_type: 'append', input_parameters: { file_path: 'log', ...more } } });

function listening(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy()).once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

describe.each(grounds.filter((_ground, index) => index === 0 || index === grounds.length - 1))('%s', (_name, ground: Ground) => {
  let server: TestServer;
  const workDir = mkdtempSync(join(tmpdir(), 'procreg-adapters-'));
  beforeAll(async () => {
    if (ground.options.uid !== undefined) rmSync(workDir, { recursive: true });
    server = await startOn(ground, ground.options.uid === undefined ? { WORK_DIR: workDir } : {});
  });
  afterAll(async () => {
    await server.stop();
    rmSync(workDir, { recursive: true, force: true });
  });

  const pipesLeft = () =>
    [workDir, server.dataDir]
      .filter((folder) => existsSync(folder))
      .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFIFO());

  /** Fails as it must, and nothing of it is there any more. */
  async function fails(code: string, definition: object, sent: object = { body: 'message' }): Promise<string> {
    const mark = newMark();
    const { json, headers } = await failure(server, code, { timeout: 20, environment: { MARK: mark }, ...definition }, sent);
    expect(await leftAfter(1000, () => marked(mark))).toEqual([]);
    expect(await pathsOf(server, `/api/run/${headers['run-id']}/`)).toEqual([]);
    expect(await leftAfter(1000, pipesLeft)).toEqual([]);
    return json.error;
  }

  test('a port that is in use by another program is named, and the program is not started', async () => {
    const other = await listening(0);
    const { port } = other.address() as { port: number };
    expect(await fails('input_error', shell('sleep 60', portIn(port)))).toContain(`port ${port} is in use`);
    expect(await fails('output_error', shell('sleep 60', portOut(port)))).toContain(`port ${port} is in use`);
    other.close();
  });

  test('a port that another program takes while it is waited for is not connected to', async () => {
    const port = await freePort();
    const run = await running(server, shell('sleep 60', { ...portIn(port), timeout: 30 }));
    const heard: unknown[] = [];
    const other = (await listening(port)).on('connection', (socket) => heard.push(socket));
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'input_error', success: false });
    expect(heard).toEqual([]);
    other.close();
  });

  test('a program that ends without listening on its port is an error that says so', async () => {
    expect(await fails('input_error', shell('exit 0', portIn('${port}')))).toMatch(/ended before it could be reached on its port \d+/);
    expect(await fails('output_error', shell('exit 0', portOut('${port}')))).toMatch(/ended before it could be reached on its port \d+/);
    await fails('exit', shell('exit 3', portIn('${port}')));
  });

  test('a pipe that the program does not open is an error that says so', async () => {
    expect(await fails('input_error', shell('exit 0', pipeIn()))).toBe("the program ended without opening the named pipe '${input_pipe}'");
    expect(await fails('output_error', shell('exit 0', pipeOut('out')))).toBe("the program ended without opening the named pipe 'out'");
  });

  test.each([
    ['a port in', portIn('${port}')],
    ['a port out', portOut('${port}')],
    ['a pipe in', pipeIn()],
    ['a pipe out', pipeOut()],
  ])('%s that the program never uses ends with its timeout', async (_what, adapter) => {
    await fails('timeout', shell('sleep 60', { ...adapter, timeout: 1 }));
  });

  test('a file that never appears is an error that says so', async () => {
    expect(await fails('output_error', shell('exit 0', appendOut()))).toContain("'work/log'");
  });

  test('a pipe that the program has replaced is not followed', async () => {
    const secret = join(mkdtempSync(join(tmpdir(), 'procreg-secret-')), 'secret');
    writeFileSync(secret, 'secret', { mode: 0o666 });
    for (const trick of [`ln -s ${secret} pipe`, 'echo x > pipe', 'mkdir pipe']) {
      const script = `rm pipe; ${trick}; touch ready; sleep 60`;
      const error = (await failure(server, 'input_error', shell(script, { ...pipeIn('pipe'), timeout: 20 }), { body: 'message' })).json
        .error;
      expect(error).toContain("'pipe'");
    }
    rmSync(join(secret, '..'), { recursive: true });
  });

  test('a run that writes more than it may is ended, by a pipe and by a port', async () => {
    const limits = { output_bytes: 100_000 };
    expect(await fails('output_limit', shell('head -c 200000 /dev/zero > "${output_pipe}"; sleep 60', { ...pipeOut(), limits }))).toContain(
      '100000',
    );
    const endless = shell('head -c 200000 /dev/zero | socat -u - TCP-LISTEN:${port},bind=127.0.0.1; sleep 60', {
      ...portOut('${port}'),
      limits,
    });
    expect(await fails('output_limit', endless)).toContain('100000');
  });

  test('a program that stops reading early is not told as a fault', async () => {
    const body = Buffer.alloc(2 ** 20, 'x');
    const piped = await execute(server, shell('head -c 10 "${input_pipe}"', pipeIn()), { body });
    expect([piped.status, piped.text]).toEqual([200, 'xxxxxxxxxx']);
    const connected = await execute(server, shell('socat -u TCP-LISTEN:${port},bind=127.0.0.1 - | head -c 10', portIn('${port}')), {
      body,
    });
    expect([connected.status, connected.text]).toEqual([200, 'xxxxxxxxxx']);
  });

  test('a pipe is written and read however often the program opens it', async () => {
    const script = 'for i in 1 2 3; do echo $i > "${output_pipe}"; sleep 0.1; done; : > "${output_pipe}"';
    expect((await execute(server, shell(script, pipeOut()))).text).toBe('1\n2\n3\n');
    const empty = await execute(server, shell(': > "${output_pipe}"', pipeOut()));
    expect([empty.status, empty.text]).toEqual([200, '']);
  });

  test('a pipe may lose its name once it is open', async () => {
    const out = shell('exec 3> "${output_pipe}"; rm "${output_pipe}"; echo one >&3; sleep 0.2; echo two >&3', pipeOut());
    expect((await execute(server, out)).text).toBe('one\ntwo\n');
    const body = Buffer.alloc(500_000, 'x');
    const into = shell('exec < "${input_pipe}"; rm "${input_pipe}"; sleep 0.2; wc -c', pipeIn());
    expect((await execute(server, into, { body })).text).toBe('500000\n');
  });

  test('two runs with ${port} at once each have their own', async () => {
    const listen = shell('sleep 0.3; socat -t 5 TCP-LISTEN:${port},bind=127.0.0.1 EXEC:cat; echo ${port} >&2', {
      ...portIn('${port}'),
      ...portOut('${port}'),
    });
    const answers = await Promise.all(['one', 'two', 'three', 'four'].map((body) => execute(server, listen, { body })));
    expect(answers.map(({ text }) => text)).toEqual(['one', 'two', 'three', 'four']);
  });

  test.each([['127.0.0.1'], ['0.0.0.0'], ['::1'], ['::']])('a program that listens on %s is found', async (address) => {
    const script = `import socket, sys
s = socket.create_server((sys.argv[1], int(sys.argv[2])), family=socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET)
c, _ = s.accept()
c.sendall(c.makefile('rb').read().upper())`;
    const definition = { exec: 'python3', argv: ['-c', script, address, '${port}'], ...portIn('${port}'), ...portOut('${port}') };
    expect((await execute(server, definition, { body: 'shout' })).text).toBe('SHOUT');
  });

  test('a message gets the delimiter that it lacks', async () => {
    const script = 'tail -n +1 -F log | head -n 2 & wait $!';
    const both = { ...appendIn(), timeout: 20 };
    expect((await execute(server, shell(`${script}; kill 0`, { ...both, success_exit_codes: [0] }), { body: 'a\nb' })).json.stdout).toBe(
      'a\nb\n',
    );
    expect((await execute(server, shell('sleep 1.5; cat log', appendIn({ delimiter: '--' })), { body: 'a' })).text).toBe('a--');
  });
});
