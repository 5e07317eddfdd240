// SIGHUP: the log file is opened again, and DEFINITIONS_DIR is applied again; at a terminal it ends the server. What the start-up output says of COMPAT.
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot, startServer, type TestServer } from '../support/server.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-reload-'));
const definitions = join(folder, 'definitions');
const log = join(folder, 'log');
/** A loaded machine takes seconds. */
const soon = { timeout: 15_000 };
let server: TestServer;

const write = (argument: string) => writeFileSync(join(definitions, 'tool.json'), JSON.stringify({ exec: '/bin/echo', args: [argument] }));
const run = async () => (await server.send({ method: 'POST', path: '/api/process_definition/tool/execute/' })).text;
const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const lines = () => (existsSync(log) ? readFileSync(log, 'utf8') : '');
const hangUp = () => server.process.kill('SIGHUP');

beforeAll(async () => {
  mkdirSync(definitions);
  write('one');
  server = await startServer({ COMPAT: '', DEFINITIONS_DIR: definitions, LOG_FILE: log, LOG_FORMAT: 'json', LOG_LEVEL: 'debug' });
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

test('a moved log file is left for a new one, and a changed definition is applied', async () => {
  write('two');
  renameSync(log, `${log}.1`);
  hangUp();
  await expect.poll(lines, soon).toContain('reloaded by SIGHUP');
  expect(await run()).toBe('two\n');
  expect(readFileSync(`${log}.1`, 'utf8')).not.toContain('reloaded');
  await expect.poll(lines, soon).toMatch(/"msg":"run \S+ finished reason=exit exit=0/);
  for (const line of [...linesOf(log), ...linesOf(`${log}.1`)])
    expect(line).toMatchObject({ level: expect.stringMatching(/^(debug|info|warn)$/), time: expect.stringMatching(/^\d{4}-.*Z$/) });
});

test('the definitions stay those of the first admin when that user has another name', async () => {
  expect((await server.send({ method: 'PATCH', path: '/api/user/admin/', body: { username: 'boss' } })).status).toBe(200);
  write('three');
  hangUp();
  const login = 'boss:secret';
  const path = '/api/process_definition/tool/execute/';
  await expect.poll(async () => (await server.send({ method: 'POST', path, login })).text, soon).toBe('three\n');
  expect((await server.send({ path: '/api/process_definition/', login })).json.objects).toHaveLength(1);
  write('two');
  hangUp();
  await expect.poll(async () => (await server.send({ method: 'POST', path, login })).text, soon).toBe('two\n');
  expect((await server.send({ method: 'PATCH', path: '/api/user/boss/', login, body: { username: 'admin' } })).status).toBe(200);
});

test('a bad file is named in the log, and the server continues', async () => {
  writeFileSync(join(definitions, 'bad.json'), '{}');
  hangUp();
  await expect.poll(lines, soon).toContain(join(definitions, 'bad.json'));
  rmSync(join(definitions, 'bad.json'));
  expect(await run()).toBe('two\n');
});

test('while the log file cannot be opened, lines go to the former one', async () => {
  renameSync(log, `${log}.2`);
  mkdirSync(log);
  hangUp();
  await expect.poll(() => readFileSync(`${log}.2`, 'utf8'), soon).toContain('the log file was not opened again');
  rmSync(log, { recursive: true });
  hangUp();
  await expect.poll(lines, soon).toContain('reloaded by SIGHUP');
});

test('in a folder that others may write to, a link and a pipe in place of the log file are refused', async () => {
  const others = join(folder, 'of-another-user');
  chmodSync(folder, 0o777);
  const former = `${log}.3`;
  renameSync(log, former);
  for (const [make, said] of [
    [() => symlinkSync(others, log), 'is a symbolic link, which is not followed'],
    [() => execFileSync('mkfifo', [log]), 'is a pipe that nobody reads'],
    [() => linkSync(join(definitions, 'tool.json'), log), 'must be a regular file with one name'],
  ] as const) {
    make();
    hangUp();
    await expect.poll(() => readFileSync(former, 'utf8'), soon).toContain(`the log file was not opened again: ${log} ${said}`);
    rmSync(log);
  }
  expect([existsSync(others), await run()]).toEqual([false, 'two\n']);
  hangUp();
  await expect.poll(lines, soon).toContain('reloaded by SIGHUP');
  expect(statSync(log).mode & 0o7777).toBe(0o640);
  chmodSync(folder, 0o700);
  renameSync(log, `${log}.4`);
  symlinkSync(others, log);
  hangUp();
  await expect.poll(() => existsSync(others) && readFileSync(others, 'utf8'), soon).toContain('reloaded by SIGHUP');
});

test('an empty COMPAT leaves /about and / and says so at the start', async () => {
  expect(server.said()).toContain('Interfaces of older systems (COMPAT): none\n');
  expect((await server.send({ path: '/about', login: '' })).status).toBe(200);
  expect((await server.send({ path: '/', login: '' })).status).toBe(200);
  expect((await server.send({ method: 'POST', path: '/process', body: '{}' })).status).toBe(404);
});

/** Whether the process has a handler for SIGHUP. */
const takesHangups = (pid: number) =>
  (Number.parseInt(/SigCgt:\t\w*(\w)\n/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0', 16) & 1) === 1;

test('SIGHUP during the boot and a log that cannot be written end nothing', async () => {
  let sent: Promise<void> | undefined;
  const unlucky = await startServer(
    { LOG_FILE: '/dev/full', LOG_FORMAT: 'json', LOG_LEVEL: 'trace' },
    {
      spawned: (child) => {
        sent = expect
          .poll(() => takesHangups(child.pid as number), { ...soon, interval: 5 })
          .toBe(true)
          .then(() => void child.kill('SIGHUP'));
      },
    },
  );
  await sent;
  expect((await unlucky.send({ path: '/health', login: '' })).status).toBe(200);
  expect(await unlucky.stop()).toBe(0);
});

/** Serves at a terminal, which is then taken away; the shell of that terminal sends a further SIGHUP. Prints the exit status. */
const atTerminal = `import os, pty, signal, sys, time
pid, terminal = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
said = b''
while b' on http' not in said: said += os.read(terminal, 4096)
os.close(terminal)
time.sleep(0.02)
os.kill(pid, signal.SIGHUP)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))`;

test('a server whose terminal is gone ends as by TERM', async () => {
  const dataDir = join(folder, 'terminal');
  const command = [process.execPath, join(projectRoot, 'dist/bundle/main.js'), 'server', 'serve'];
  const child = spawn('python3', ['-c', atTerminal, ...command], {
    env: { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'trace' },
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  await new Promise((resolve) => child.once('close', resolve));
  expect(said).toBe('0\n');
  expect(existsSync(join(dataDir, 'server.sock'))).toBe(false);
});
