// A program in the sandbox: what it reads, writes and reaches is its own; its end is as exact as without one.

import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, isRoot, newMark, ordinary, said, stop, submit } from '../support/hostile.js';
import { marked } from '../support/processes.js';
import { shell } from '../support/programs.js';
import { type ServerOptions, startServer, type TestServer } from '../support/server.js';

const ann = 'ann:ann-password';
const probe = readFileSync(join(import.meta.dirname, 'probes/walls.py'), 'utf8');

const grounds: [string, ServerOptions][] = [
  ...(isRoot ? [['a server of root', {}] as [string, ServerOptions]] : []),
  ['a server of an ordinary user', ordinary],
];

/** The record of a command of a non-admin that has ended, and what it wrote on stdout. */
async function command(server: TestServer, body: object): Promise<{ run: Record<string, unknown>; stdout: string; path: string }> {
  const { status, text, json } = await server.send({ method: 'POST', path: '/api/run/', login: ann, body });
  expect(status, text).toBe(201);
  const run = await ended(server, json.resource_uri);
  const { text: stdout } = await server.send({ path: `${json.resource_uri}log/?stream=stdout` });
  return { run, stdout, path: json.resource_uri };
}

describe.each(grounds)('%s', (_who, options) => {
  let server: TestServer;
  let listener: Server;
  let found: Record<string, unknown>;
  let run: Record<string, unknown>;
  let other: string;
  const outside = `/var/tmp/${newMark()}`;
  const mark = newMark();
  const inData = () => join(server.dataDir, 'x');

  beforeAll(async () => {
    server = await startServer({ GRACE: '0.5', SECRET_OF_SERVER: mark }, options);
    await server.user(ann, 'author');
    listener = createServer((socket) => socket.end('reached')).listen(0, '127.0.0.1');
    other = await submit(server, shell('pwd; echo kept > kept; chmod -R 777 .; echo up; sleep 600'));
    await said(server, other, 'up');
    const work = (await server.send({ path: `${other}log/?stream=stdout` })).text.split('\n')[0];
    writeFileSync(outside, mark, { mode: 0o666 });
    const wanted = {
      read: ['/etc/shadow', '/etc/hostname', outside, join(work, 'kept'), join(server.dataDir, 'registry.sqlite')],
      list: ['/root', '/home', '/var', '/sys', work, join(work, '..'), join(work, '../..'), server.dataDir, join(server.dataDir, 'runs')],
      ports: [(listener.address() as { port: number }).port, Number(new URL(server.url).port)],
      write: [outside, '/usr/x', '/etc/x', '/x', '/var/tmp/x', '/dev/x'],
      attempt: inData(),
      mark,
    };
    const spied = await command(server, { exec: '/usr/bin/python3', argv: ['-c', probe, JSON.stringify(wanted)] });
    run = spied.run;
    found = JSON.parse(spied.stdout || '{}');
  });
  afterAll(async () => {
    await stop(server, other);
    listener.close();
    rmSync(outside, { force: true });
    await server.stop();
  });

  test('the record of a command of a non-admin says sandbox', () => {
    expect(run).toMatchObject({ success: true, isolation: 'sandbox' });
  });

  test('no secret of the machine, no file of the server, of another run or of /var can be read', () => {
    expect([found.read, found.listed]).toEqual([[], []]);
  });

  test('nothing but its own directory, /tmp and /dev/shm can be written', () => {
    expect(found.written).toEqual([]);
    expect(existsSync(inData())).toBe(false);
    expect(found.mounted).toEqual(['/dev/shm', '/tmp']);
    expect(readFileSync(outside, 'utf8')).toBe(mark);
  });

  test('the network cannot be reached: neither the loopback of the machine, nor another interface', () => {
    expect([found.connected, found.interfaces]).toEqual([[], ['lo']]);
  });

  test('no process but its own is seen, and the environment of the server is in none of them', () => {
    expect(found.processes).toEqual([1]);
    expect(found.environments).toEqual([]);
  });

  test('no capability is held, no namespace can be created, and system calls that configure the kernel are refused', () => {
    expect(found.capabilities).toEqual(['0', '0', '0']);
    expect(found.calls).toEqual([]);
  });

  test('no descriptor but 0, 1 and 2 is inherited', () => {
    expect(found.descriptors).toEqual([0, 1, 2]);
  });

  test('nothing is left after the end, daemonised grandchildren included', async () => {
    const token = newMark();
    const daemon = `(setsid sh -c 'trap "" TERM HUP; sleep 600' ${token} &) ; echo gone`;
    const { stdout } = await command(server, shell(daemon, { environment: { TOKEN: token } }));
    expect(stdout).toBe('gone\n');
    expect(marked(token)).toEqual([]);
  });

  test('variables of the dynamic loader have no effect outside of the sandbox', async () => {
    const { run: loaded, stdout } = await command(
      server,
      shell('echo $LD_PRELOAD', { environment: { LD_PRELOAD: 'nothing.so', LD_DEBUG: 'help' } }),
    );
    expect(loaded).toMatchObject({ isolation: 'sandbox' });
    expect(stdout).toContain('Valid options for the LD_DEBUG');
  });

  test('every end is the program’s own: exit codes, signals, what cannot be started', async () => {
    const ends = async (body: object) => {
      const { run: over } = await command(server, body);
      return [over.end_reason, over.exit_code, over.signal, over.isolation];
    };
    expect(await ends(shell('exit 1'))).toEqual(['exit', 1, null, 'sandbox']);
    expect(await ends(shell('exit 137'))).toEqual(['exit', 137, null, 'sandbox']);
    expect(await ends(shell('kill -KILL $$'))).toEqual(['signal', null, 'SIGKILL', 'sandbox']);
    expect(await ends(shell('kill -SEGV $$'))).toEqual(['signal', null, 'SIGSEGV', 'sandbox']);
    chmodSync(outside, 0o755);
    expect(await ends({ exec: outside })).toEqual(['spawn_error', null, null, 'sandbox']);
  });

  test('a stop reaches the program, which may take its grace; then it is killed', async () => {
    const begun = async (script: string) => {
      const { json } = await server.send({ method: 'POST', path: '/api/run/', login: ann, body: shell(script) });
      await said(server, json.resource_uri, 'up');
      return json.resource_uri as string;
    };
    const polite = await begun('trap "echo TERM seen; exit 7" TERM; echo up; while :; do sleep 0.05; done');
    await stop(server, polite, { grace: 5 });
    expect(await ended(server, polite)).toMatchObject({ end_reason: 'stop', exit_code: 7 });
    expect((await server.send({ path: `${polite}log/?stream=stdout` })).text).toBe('up\nTERM seen\n');
    const stubborn = await begun('trap "" TERM; echo up; while :; do sleep 0.05; done');
    await stop(server, stubborn, { grace: 0.2 });
    expect(await ended(server, stubborn)).toMatchObject({ end_reason: 'stop', signal: 'SIGKILL' });
  });

  test('one signal reaches the program alone', async () => {
    const script = 'trap "echo USR1; exit 3" USR1; echo up; while :; do sleep 0.05; done';
    const { json } = await server.send({ method: 'POST', path: '/api/run/', login: ann, body: shell(script) });
    await said(server, json.resource_uri, 'up');
    await server.send({ method: 'POST', path: `${json.resource_uri}signal/`, body: { signal: 'USR1' } });
    expect(await ended(server, json.resource_uri)).toMatchObject({ end_reason: 'exit', exit_code: 3 });
  });
});
