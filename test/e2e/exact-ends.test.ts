// The record says exactly how a program ended, or why it did not start.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, isRoot, submit } from '../support/hostile.js';
import { defined, execute, failure, shell, shellWith } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-ends-'));
const at = (name: string) => join(folder, name);

function program(name: string, content: string | Buffer, mode = 0o755): void {
  writeFileSync(at(name), content);
  chmodSync(at(name), mode);
}

beforeAll(() => {
  chmodSync(folder, 0o755);
  program('text', 'just words\n');
  program('no-interpreter', '#!/no/such/interpreter\n');
  program('closed-interpreter', `#!${at('closed')}\n`);
  program('closed', '#!/bin/sh\n', 0o644);
  program('foreign', Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), Buffer.alloc(200)]));
  symlinkSync(at('circle'), at('circle'));
  mkdirSync(at('private'), { mode: 0o700 });
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Refusal {
  what: string;
  definition: () => object;
  says: string[];
}

const refusals: Refusal[] = [
  { what: 'a script without an interpreter line', definition: () => ({ exec: at('text') }), says: ['ENOEXEC', '#!'] },
  { what: 'a binary of another machine', definition: () => ({ exec: at('foreign') }), says: ['ENOEXEC', 'for this machine'] },
  {
    what: 'a script whose interpreter is missing',
    definition: () => ({ exec: at('no-interpreter') }),
    says: ['ENOENT', 'interpreter is missing'],
  },
  { what: 'a script whose interpreter is closed', definition: () => ({ exec: at('closed-interpreter') }), says: ['EACCES', 'interpreter'] },
  { what: 'a file that is not executable', definition: () => ({ exec: at('closed') }), says: [at('closed'), '0644'] },
  { what: 'a program that does not exist', definition: () => ({ exec: at('nothing') }), says: [at('nothing'), 'does not exist'] },
  { what: 'a link to itself', definition: () => ({ exec: at('circle') }), says: [at('circle')] },
  {
    what: 'a cwd that does not exist',
    definition: () => ({ exec: '/bin/true', cwd: at('gone') }),
    says: [`cwd ${at('gone')} does not exist`],
  },
  {
    what: 'an argument that is too long',
    definition: () => ({ exec: '/bin/true', argv: ['x'.repeat(200_000)] }),
    says: ['E2BIG', 'too long'],
  },
  {
    what: 'an environment that is too long',
    definition: () => ({ exec: '/bin/true', environment: { LONG: 'x'.repeat(200_000) } }),
    says: ['E2BIG', 'too long'],
  },
];

describe.each(['process', 'pidns'])('at level %s', (level) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ ISOLATION: level });
  });
  afterAll(() => server.stop());

  test.each(refusals.map((one) => [one.what, one] as const))('%s is a spawn_error that says so', async (_what, { definition, says }) => {
    const { json } = await failure(server, 'spawn_error', definition());
    for (const part of says) expect(json.detail).toContain(part);
    expect([json.exit_code, json.signal]).toEqual([null, null]);
  });

  test('a cwd that the run user may not enter is a spawn_error that says so', async () => {
    if (!isRoot) chmodSync(at('private'), 0);
    const { json } = await failure(server, 'spawn_error', { exec: '/bin/true', cwd: at('private') });
    chmodSync(at('private'), 0o700);
    expect(json.detail).toContain('its directory cannot be entered');
  });

  test('a cwd that vanishes while the run waits is a spawn_error that says so', async () => {
    const vanishing = at(`vanishing-${level}`);
    mkdirSync(vanishing);
    const path = await defined(server, { exec: '/bin/true', cwd: vanishing });
    expect((await server.send({ method: 'POST', path: `${path}execute/` })).status).toBe(200);
    rmSync(vanishing, { recursive: true });
    const { json } = await server.send({ method: 'POST', path: `${path}execute/` });
    expect([json.code, json.detail]).toEqual(['spawn_error', `cwd ${vanishing} does not exist`]);
  });

  test('every exit code from 0 to 255 is told as it is', async () => {
    const path = await defined(
      server,
      shellWith('exit $1', ['${code}'], { parameters: { properties: { code: { type: 'integer' } }, required: ['code'] } }),
    );
    const codes = Array.from({ length: 256 }, (_, code) => code);
    const told = await Promise.all(
      codes.map(async (code) => {
        const { headers, status } = await server.send({ method: 'POST', path: `${path}execute/?code=${code}` });
        const { json } = await server.send({ path: `/api/run/${headers['run-id']}/` });
        return [status, json.exit_code, json.signal];
      }),
    );
    expect(told).toEqual(codes.map((code) => [code === 0 ? 200 : 422, code, null]));
  });

  test.each(['SEGV', 'KILL', 'USR1', 'TERM', 'ABRT', 'HUP', 'PIPE', 'XCPU', 'RTMIN'])(
    '%s is told as that signal and no exit code',
    async (name) => {
      const { json } = await execute(server, { exec: '/bin/bash', argv: ['-c', `kill -${name} $$; sleep 5`] });
      const shown = name === 'RTMIN' ? 'SIG34' : `SIG${name}`;
      expect([json.code, json.signal, json.exit_code]).toEqual(['signal', shown, null]);
    },
  );

  test('a program that dumps its core is told as its signal', async () => {
    const { json } = await execute(server, shell('ulimit -c unlimited 2>/dev/null; exec /usr/bin/python3 -c "import os; os.abort()"'));
    expect([json.code, json.signal, json.exit_code]).toEqual(['signal', 'SIGABRT', null]);
  });

  test('a program that a shell ran and that was killed is the exit code that the shell gave', async () => {
    const { json } = await execute(server, shell('sh -c "kill -9 \\$\\$"; exit $?'));
    expect([json.code, json.exit_code, json.signal]).toEqual(['exit', 137, null]);
  });

  test('CPU time and peak memory are those of the program', async () => {
    const burn = 'import time; block = bytearray(50_000_000)\nwhile time.process_time() < 0.3: pass';
    const run = await ended(server, await submit(server, { exec: '/usr/bin/python3', argv: ['-c', burn] }));
    expect(run.usage.cpu_ms).toBeGreaterThanOrEqual(290);
    expect(run.usage.cpu_ms).toBeLessThan(1500);
    expect(run.usage.max_rss_bytes).toBeGreaterThan(50_000_000);
    expect(run.usage.max_rss_bytes).toBeLessThan(100_000_000);
    const idle = await ended(server, await submit(server, { exec: '/bin/sleep', argv: ['0.2'] }));
    expect(idle.usage.cpu_ms).toBeLessThan(100);
    expect(idle.usage.max_rss_bytes).toBeLessThan(20_000_000);
    expect(Date.parse(idle.finished_at) - Date.parse(idle.started_at)).toBeGreaterThanOrEqual(200);
  });

  test('the CPU time of children that were waited for counts', async () => {
    const burn = "/usr/bin/python3 -c 'import time\nwhile time.process_time() < 0.3: pass'; exit 0";
    const run = await ended(server, await submit(server, shell(burn)));
    expect(run.usage.cpu_ms).toBeGreaterThanOrEqual(290);
  });
});
