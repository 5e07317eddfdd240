// What runs outlives kill -9 of the server: the next one adopts it, with all its output and its true end.
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { defined, runsOf, shell } from '../support/programs.js';
import { crash, endOf, logOf, next, running, until } from '../support/restarts.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const levels = ['pidns', 'process'];
const counting = (seconds: number) => shell(`for i in $(seq ${seconds}); do echo line $i; sleep 1; done; exit 7`);
const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('');
const durationMs = ({ started_at, finished_at }: { started_at: string; finished_at: string }) =>
  Date.parse(finished_at) - Date.parse(started_at);

const submit = async (server: TestServer, definition: string): Promise<string> =>
  (await server.send({ method: 'POST', path: `${definition}execute/`, headers: { prefer: 'respond-async' } })).json.resource_uri;

describe.concurrent('after kill -9 of the server', { timeout: 120_000 }, () => {
  test.each([
    ['pidns', 30],
    ['process', 6],
  ])('at %s a run of %i s keeps running, and has its whole output and its exit code', async (ISOLATION, seconds) => {
    const first = await startServer({ ISOLATION });
    const run = await running(first, counting(seconds));
    await sleep(1500);
    await crash(first);
    await sleep(1000);
    const server = await next(first, { ISOLATION });
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'exit', exit_code: 7, attempt: 1, isolation: ISOLATION });
    expect(await logOf(server, run)).toBe(lines(seconds));
    await server.stop();
  });

  test.each(levels)('at %s a run that ended meanwhile has its end, and its time', async (ISOLATION) => {
    const first = await startServer({ ISOLATION });
    const run = await running(first, counting(2));
    await crash(first);
    await sleep(4000);
    const server = await next(first, { ISOLATION });
    const end = await endOf(server, run);
    expect(end, end.error).toMatchObject({ end_reason: 'exit', exit_code: 7, attempt: 1 });
    expect(durationMs(end)).toBeLessThan(3500);
    expect(await logOf(server, run)).toBe(lines(2));
    await server.stop();
  });

  test.each(levels)('at %s a timeout fires though no server runs', async (ISOLATION) => {
    const first = await startServer({ ISOLATION });
    const run = await running(first, shell('sleep 60', { timeout: 2 }));
    await crash(first);
    await sleep(4000);
    const server = await next(first, { ISOLATION });
    const end = await endOf(server, run);
    expect(end).toMatchObject({ end_reason: 'timeout', success: false });
    expect(durationMs(end)).toBeGreaterThanOrEqual(2000);
    expect(durationMs(end)).toBeLessThan(2250);
    await server.stop();
  });

  test('a timeout fires under the next server as under the first', async () => {
    const first = await startServer();
    const run = await running(first, shell('sleep 60', { timeout: 5 }));
    await crash(first);
    const server = await next(first);
    const end = await endOf(server, run);
    expect(end).toMatchObject({ end_reason: 'timeout', success: false });
    expect(durationMs(end)).toBeGreaterThanOrEqual(5000);
    expect(durationMs(end)).toBeLessThan(5250);
    await server.stop();
  });

  test.each([
    ['keeps running', 10, 0],
    ['has ended', 10, 10_000],
  ])('waiting runs start by priority and then by age, while the run before them %s', async (_what, seconds, downMs) => {
    const settings = { LANES: 'io=1' };
    const first = await startServer(settings);
    await running(first, shell(`sleep ${seconds}`));
    const waiting: Record<string, string> = {};
    for (const [name, priority] of Object.entries({ early: 0, urgent: 5, late: 0, first: 9 })) {
      waiting[name] = await submit(first, await defined(first, shell('true', { priority })));
    }
    await crash(first);
    await sleep(downMs);
    const server = await next(first, settings);
    const ends = [];
    for (const [name, path] of Object.entries(waiting)) ends.push({ name, ...(await endOf(server, path)) });
    expect(ends.every(({ success }) => success)).toBe(true);
    ends.sort((one, other) => Date.parse(one.started_at) - Date.parse(other.started_at));
    expect(ends.map(({ name }) => name)).toEqual(['first', 'urgent', 'early', 'late']);
    await server.stop();
  });

  test.each(levels)('at %s a message that was still arriving is broken off, and is never taken for a whole one', async (ISOLATION) => {
    const first = await startServer({ ISOLATION });
    const definition = await defined(first, shell("trap '' TERM; cat | wc -c; exit 0"));
    const senders = Array.from({ length: 4 }, () => beginToSend(first, `${definition}execute/`));
    await until(
      async () => (await runsOf(first, definition)).filter(({ state }: { state: string }) => state === 'running').length,
      (count) => count === senders.length,
    );
    await sleep(500);
    await crash(first);
    const server = await next(first, { ISOLATION });
    const runs = await runsOf(server, definition);
    for (const { resource_uri } of runs) {
      expect(await endOf(server, resource_uri)).toMatchObject({ end_reason: 'input_error', success: false });
    }
    for (const sender of senders) sender.destroy();
    await server.stop();
  });

  test.each(levels)('at %s the file that the program writes is the output', async (ISOLATION) => {
    const first = await startServer({ ISOLATION });
    const output_adapter = { output_type: 'file', output_parameters: { file_path: 'made.txt' } };
    const run = await running(first, shell('sleep 2; echo made > made.txt; echo beside > other', { output_adapter }));
    await crash(first);
    const server = await next(first, { ISOLATION });
    expect(await endOf(server, run)).toMatchObject({ success: true, output: { bytes: 5 } });
    expect((await server.send({ path: `${run}output/` })).text).toBe('made\n');
    await server.stop();
  });
});

/** A message of 200,000 bytes of which half is sent. */
function beginToSend(server: TestServer, path: string) {
  const headers = { authorization: `Basic ${Buffer.from(adminLogin).toString('base64')}`, 'content-length': 200_000 };
  const outgoing = request(new URL(path, server.url), { method: 'POST', headers });
  outgoing.on('error', () => {});
  outgoing.write(Buffer.alloc(100_000, 'x'));
  return outgoing;
}
