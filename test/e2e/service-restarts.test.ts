// What becomes of a service that ends: restarted with growing pauses, or not; and how it is stopped.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runs as isAlive } from '../support/processes.js';
import { execute, shell } from '../support/programs.js';
import { endOf, logOf, until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { echoScript, messagesOf, once, say, service, startService, texts } from '../support/services.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ LANES: 'io=1', GRACE: '1' });
});
afterAll(() => server.stop());

const stop = (run: string, body: object = {}) => server.send({ method: 'POST', path: `${run}stop/`, body });
const quick = { backoff: 0.2 };
/** Says when it started, in milliseconds. */
const stamp = 'date +%s%3N';

describe.concurrent('a service that ends', { timeout: 60_000 }, () => {
  test('abnormally is restarted as the same run, after pauses that double', async () => {
    const { run } = await startService(server, service(`${stamp}; exit 3`, { restart: quick }));
    const starts = texts(await messagesOf(server, run, { count: 5 })).map(Number);
    const pauses = starts.slice(1).map((at, index) => at - starts[index]);
    for (const [index, pause] of pauses.entries()) {
      expect(pause, String(pauses)).toBeGreaterThanOrEqual(200 * 2 ** index);
      expect(pause, String(pauses)).toBeLessThan(200 * 2 ** index + 1500);
    }
    const waiting = await once(server, run, ({ state, attempt }) => state === 'queued' && attempt === 6);
    expect(waiting).toMatchObject({ ready: false, end_reason: null, pid: null });
    expect(waiting.error).toBe('the program ended with exit code 3');
    expect(Date.parse(waiting.next_start_at) - starts[4]).toBeGreaterThanOrEqual(3000);
    expect(await say(server, waiting.definition, 'x')).toMatchObject({ status: 409, json: { code: 'wrong_state' } });
    await stop(run);
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'stop', state: 'finished', attempt: 6 });
  });

  test('well is not restarted', async () => {
    const { run } = await startService(server, service('exit 0', { restart: quick }));
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'exit', exit_code: 0, success: true, attempt: 1 });
    const other = await startService(server, service('exit 7', { restart: quick, success_exit_codes: [7] }));
    expect(await endOf(server, other.run)).toMatchObject({ exit_code: 7, success: true, attempt: 1 });
  });

  test('well is restarted with the mode always, and abnormally not with never', async () => {
    const always = await startService(server, service('echo up; exit 0', { restart: { mode: 'always', ...quick } }));
    expect(texts(await messagesOf(server, always.run, { count: 3 }))).toHaveLength(3);
    await stop(always.run);
    expect(await endOf(server, always.run)).toMatchObject({ end_reason: 'stop' });
    const never = await startService(server, service('exit 3', { restart: { mode: 'never' } }));
    expect(await endOf(server, never.run)).toMatchObject({ end_reason: 'exit', exit_code: 3, attempt: 1 });
  });

  test.each([
    ['exits with 4', 'exit 4', { exit_code: 4, end_reason: 'exit' }],
    ['is killed', 'kill -9 $$', { signal: 'SIGKILL', end_reason: 'signal' }],
  ])('(%s) is restarted max times in a row', async (_how, script, end) => {
    const { run } = await startService(server, service(`echo up; ${script}`, { restart: { max: 2, ...quick } }));
    expect(await endOf(server, run)).toMatchObject({ ...end, attempt: 3, success: false });
    expect(texts(await messagesOf(server, run))).toHaveLength(3);
  });

  test('because it cannot be started is restarted too, and says why', async () => {
    const definition = { exec: '/no/such/program', process_type: 'service', restart: { max: 1, ...quick } };
    const { run } = await startService(server, definition);
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'spawn_error', attempt: 2 });
  });

  test('by its timeout is restarted', async () => {
    const { run } = await startService(server, service('echo up; sleep 60', { timeout: 0.3, restart: { max: 1, ...quick } }));
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'timeout', attempt: 2 });
  });

  test('says with its next start why the last attempt ended, and begins its log anew', async () => {
    const script = 'echo "attempt of $$"; echo "no such disk" >&2; read -r line || true; exit 5';
    const { run } = await startService(server, service(script, { restart: { backoff: 1 } }));
    await say(server, (await server.send({ path: run })).json.definition, 'end');
    const waiting = await once(server, run, ({ state, attempt }) => state === 'queued' && attempt === 2);
    expect(waiting.error).toBe('the program ended with exit code 5; stderr: no such disk');
    await messagesOf(server, run, { count: 2 });
    expect((await logOf(server, run)).match(/attempt of/g)).toHaveLength(1);
    await stop(run);
    await endOf(server, run);
  });

  test('after a long enough time starts to count its restarts and to double its pauses anew', async () => {
    // at its second message it is up for more than ten seconds
    const script = `${stamp}; read -r seconds; sleep $seconds; exit 1`;
    const { definition, run } = await startService(server, service(script, { restart: { ...quick, max: 2 } }));
    for (const [index, seconds] of ['0', '10.2', '0', '0'].entries()) {
      await messagesOf(server, run, { count: index + 1 });
      await once(server, run, ({ ready, attempt }) => ready && attempt === index + 1);
      await say(server, definition, seconds);
    }
    const starts = texts(await messagesOf(server, run)).map(Number);
    expect(await endOf(server, run)).toMatchObject({ attempt: 4, end_reason: 'exit' });
    expect(starts[2] - starts[1]).toBeGreaterThanOrEqual(10_400);
    expect(starts[2] - starts[1]).toBeLessThan(12_000);
  });

  test('has a log that can be followed from one attempt into the next, and resumed in the present one', async () => {
    const { run } = await startService(server, service('echo "up $$"; echo down >&2; exit 1', { restart: { max: 2, backoff: 0.5 } }));
    const follow = (headers: Record<string, string> = {}) => server.send({ path: `${run}log/?follow=1`, headers });
    const [text, events] = await Promise.all([follow(), follow({ accept: 'text/event-stream' })]);
    expect(text.text.match(/up \d+\n/g)).toHaveLength(3);
    expect(text.text.match(/down\n/g)).toHaveLength(3);
    const said = [...events.text.matchAll(/^event: (\S+)\nid: (\d+)$/gm)].map(([, name, id]) => ({ name, id: Number(id) }));
    const names = ['state', 'stdout', 'stderr', 'state', 'stdout', 'stderr', 'state', 'stdout', 'stderr'];
    expect(said.map(({ name }) => name)).toEqual(names);
    expect(said.map(({ id }) => id)).toEqual(said.map(({ id }) => id).sort((one, other) => one - other));
    const resumed = await follow({ accept: 'text/event-stream', 'last-event-id': String(said[7].id) });
    expect([...resumed.text.matchAll(/^event: (\S+)$/gm)].map(([, name]) => name)).toEqual(['state', 'stderr', 'end']);
    const late = await follow({ accept: 'text/event-stream', 'last-event-id': String(said[1].id) });
    expect([...late.text.matchAll(/^event: (\S+)$/gm)].map(([, name]) => name)).toEqual(['state', 'stdout', 'stderr', 'end']);
  });

  test('keeps its message ids over its restarts', async () => {
    const { run } = await startService(server, service('echo one; echo two; exit 1', { restart: { max: 1, ...quick } }));
    const events = await messagesOf(server, run);
    expect(events.map(({ id, data }) => `${id} ${data}`).slice(0, 4)).toEqual(['1 one\n', '2 two\n', '3 one\n', '4 two\n']);
    expect(await messagesOf(server, run, { after: 2 })).toEqual(events.slice(2));
  });
});

describe.concurrent('a service that is stopped', { timeout: 60_000 }, () => {
  test('gets the signal of its definition, and KILL after its grace', async () => {
    const script = `trap 'echo bye; exit 9' USR1; trap '' TERM; echo up; while :; do sleep 0.05; done`;
    const polite = await startService(server, service(script, { stop: { signal: 'USR1', grace: 20 } }));
    await messagesOf(server, polite.run, { count: 1 });
    await stop(polite.run);
    expect(await endOf(server, polite.run)).toMatchObject({ end_reason: 'stop', exit_code: 9, signal: null, attempt: 1 });
    expect(texts(await messagesOf(server, polite.run))).toEqual(['up\n', 'bye\n']);
    const deaf = await startService(
      server,
      service(`trap '' USR1; echo up; while :; do sleep 0.05; done`, { stop: { signal: 'USR1', grace: 0.3 } }),
    );
    await messagesOf(server, deaf.run, { count: 1 });
    await stop(deaf.run);
    expect(await endOf(server, deaf.run)).toMatchObject({ end_reason: 'stop', signal: 'SIGKILL' });
  });

  test('is ended with all its processes', async () => {
    const { run } = await startService(server, service('sleep 60 & echo $!; wait'));
    const { pid } = await once(server, run, ({ state }) => state === 'running');
    expect(isAlive(pid)).toBe(true);
    await stop(run);
    await endOf(server, run);
    await until(
      () => isAlive(pid),
      (alive) => !alive,
    );
  });

  test('while it waits for its restart is not started again', async () => {
    const { run } = await startService(server, service('echo up; exit 1', { restart: { backoff: 1 } }));
    await once(server, run, ({ state, attempt }) => state === 'queued' && attempt === 2);
    await stop(run);
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'stop', attempt: 2, pid: null });
    expect(texts(await messagesOf(server, run))).toEqual(['up\n']);
  });
});

test('a timeout of any run begins with the signal of its definition', async () => {
  const script = `trap 'exit 9' USR1; trap '' TERM; while :; do sleep 0.05; done`;
  const { json } = await execute(server, shell(script, { timeout: 0.5, stop: { signal: 'SIGUSR1', grace: 20 } }));
  expect(json).toMatchObject({ code: 'timeout', exit_code: 9, signal: null });
});

test('a service takes no place in a lane, and no default timeout', async () => {
  const { run } = await startService(server, service(echoScript, { lane: 'io', max_parallel: 1 }));
  expect((await execute(server, shell('echo single'))).text).toBe('single\n');
  expect((await server.send({ path: '/metrics' })).text).not.toContain('lane=""');
  await stop(run);
});

test('a service may write more than MAX_OUTPUT_BYTES', async () => {
  const other = await startServer({ MAX_OUTPUT_BYTES: '10KB' });
  const { run } = await startService(other, service('for n in $(seq 4000); do echo "line $n"; done; sleep 60'));
  await until(
    async () => (await logOf(other, run)).length,
    (length) => length > 30_000,
  );
  expect((await other.send({ path: run })).json).toMatchObject({ state: 'running', attempt: 1 });
  const limited = await startService(other, service('yes', { limits: { output_bytes: '10KB' }, restart: { mode: 'never' } }));
  expect(await endOf(other, limited.run)).toMatchObject({ end_reason: 'output_limit' });
  await other.stop();
});
