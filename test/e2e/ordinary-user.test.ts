// The server as an ordinary user: everything works, programs run as the same user, and it says so.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, send } from '../support/http.js';
import { projectRoot } from '../support/server.js';

const isRoot = process.getuid?.() === 0;
/** As root the server gets another user; otherwise it has the tests' own. The first is what a namespace calls every unknown user. */
const users = isRoot ? ['65534', '1234'] : [String(process.getuid?.())];
const grounds = users.flatMap((uid) => ['process', 'pidns'].map((level) => [uid, level]));

describe.each(grounds)('as uid %s at level %s', (uid, level) => {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-ordinary-'));
  const dataDir = join(folder, 'data');
  let server: ChildProcess;
  let said = '';
  let url: string;

  const other = isRoot ? ['setpriv', '--reuid', uid, '--regid', uid, '--clear-groups'] : [];

  beforeAll(async () => {
    chmodSync(folder, 0o777);
    const [command, ...rest] = [...other, process.execPath, join(projectRoot, 'dist/bundle/main.js'), 'server', 'serve'];
    const env = { PATH: process.env.PATH, PORT: '0', DATA_DIR: dataDir, ADMIN_PASSWORD: 'secret-password', ISOLATION: level };
    server = spawn(command, rest, { cwd: folder, env });
    url = await new Promise((resolve, reject) => {
      const hear = (chunk: Buffer) => {
        said += chunk;
        const found = /process-registry \S+ on (\S+) /.exec(said)?.[1];
        if (found) resolve(found);
      };
      server.stdout?.on('data', hear);
      server.stderr?.on('data', hear);
      server.once('exit', () => reject(new Error(said)));
    });
  });

  afterAll(() => {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const login = 'admin:secret-password';

  /** A key makes the server spool a message that does not fit into the order. */
  async function run(definition: object, body = 'axbxc'): Promise<Answer> {
    const { headers } = await send(url, { method: 'POST', path: '/api/process_definition/', login, body: { definition } });
    return send(url, {
      method: 'POST',
      path: `${headers.location}execute/`,
      login,
      body,
      headers: { 'idempotency-key': String(headers.location) },
    });
  }

  test('programs run as the server’s own user; where nothing else separates them from it, the boot says so', async () => {
    expect((await run({ exec: '/usr/bin/id', argv: ['-u'] })).text.trim()).toBe(uid);
    expect(said.includes("programs run as the server's own user")).toBe(level === 'process');
    expect((await send(url, { method: 'GET', path: '/health', login: '' })).json).toMatchObject({ launcher: 'native', isolation: level });
  });

  test('files of a definition can be executed and read', async () => {
    const files = { 'run.sh': '#!/bin/sh\ncat lib/data\n', 'lib/data': 'data\n' };
    expect((await run({ exec: './run.sh', files })).text).toBe('data\n');
  });

  test('messages go through streams, files and folders', async () => {
    const copy = ['-c', 'cat "$1" > "$2"', 'sh', '${input_file}', '${output_file}'];
    expect((await run({ exec: '/usr/bin/tr', argv: ['-d', 'x'] })).text).toBe('abc');
    expect((await run({ exec: '/bin/sh', argv: copy })).text).toBe('axbxc');
    const folderOutput = { output_type: 'directory', output_parameters: { format: 'file' } };
    expect((await run({ exec: '/bin/sh', argv: ['-c', 'cat > output/a'], output_adapter: folderOutput })).text).toBe('axbxc');
  });

  test.runIf(level === 'pidns')('a program cannot change the message that its run keeps', async () => {
    const forge = 'chmod u+w /proc/self/fd/0; printf forged > /proc/self/fd/0; truncate -s 6 /proc/self/fd/0; stat -Lc %s /proc/self/fd/0';
    for (const [bytes, status] of [
      [40_000, 200],
      [2_000_000, 404],
    ]) {
      const message = 'm'.repeat(bytes);
      const { text, headers } = await run({ exec: '/bin/sh', argv: ['-c', forge] }, message);
      expect(text).toBe('6\n');
      const path = `/api/run/${headers['run-id']}/`;
      await send(url, { path: `${path}wait/`, login });
      const kept = await send(url, { path: `${path}input/`, login });
      expect([kept.status, status === 404 || kept.text === message]).toEqual([status, true]);
    }
  });

  test('folders that a program has made unwritable for its own user are removed all the same', async () => {
    const { headers } = await run({ exec: '/bin/sh', argv: ['-c', 'mkdir -p a/b; touch a/b/c; chmod 000 a/b a . '] });
    await expect.poll(() => readdirSync(join(dataDir, 'work/kept')), { timeout: 5000 }).toContain(headers['run-id']);
    await send(url, { method: 'DELETE', path: `/api/run/${headers['run-id']}/`, login });
    expect(readdirSync(join(dataDir, 'work/kept'))).not.toContain(headers['run-id']);
  });
});
