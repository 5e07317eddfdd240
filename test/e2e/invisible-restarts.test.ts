// What clients see of restarts with RESTART_WAIT: connections wait for the next server, and answers under way are not lost with TERM.
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { execute, shell, store } from '../support/programs.js';
import { next, running } from '../support/restarts.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const clients = Number(process.env.RESTART_CLIENTS ?? 20);
const restarts = Number(process.env.RESTART_COUNT ?? 3);

/** RESTART_WAIT of a service whose restarts no client should notice. */
const settings = { RESTART_WAIT: '30', GRACE: '5' };

interface Seen {
  answered: number;
  /** By how they failed, and whether their connection was a new one. */
  failed: Record<string, number>;
}

/** Many clients that send one request after the other, as long as `goOn`. */
async function ask(url: string, keepAlive: boolean, goOn: () => boolean): Promise<Seen> {
  const seen: Seen = { answered: 0, failed: {} };
  const agent = new Agent({ keepAlive, maxSockets: clients });
  const once = (path: string, method: string) =>
    new Promise<void>((resolve) => {
      const fail = (name: string) => {
        seen.failed[name] = (seen.failed[name] ?? 0) + 1;
        resolve();
      };
      const sent = request(new URL(path, url), { method, agent, auth: adminLogin }, (answer) => {
        answer.resume().once('error', () => fail('cut'));
        answer.once('end', () => {
          if (answer.statusCode === 200) seen.answered++;
          else fail(`status ${answer.statusCode}`);
          resolve();
        });
      });
      sent.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message)).end();
    });
  const work = async (index: number) => {
    while (goOn()) await (index % 4 === 0 ? once('/api/process_definition/hello/execute/', 'POST') : once('/api/me/', 'GET'));
  };
  await Promise.all(Array.from({ length: clients }, (_one, index) => work(index)));
  agent.destroy();
  return seen;
}

async function restarted(signal: NodeJS.Signals): Promise<{ seen: Seen[]; last: TestServer }> {
  let server = await startServer(settings);
  await store(server, { ...shell('echo hello'), name: 'hello' });
  let over = false;
  const asking = [true, false].map((keepAlive) => ask(server.url, keepAlive, () => !over));
  for (let count = 0; count < restarts; count++) {
    await sleep(500);
    const exit = once(server.process, 'exit');
    process.kill(server.pid, signal);
    await exit;
    const { url } = server;
    server = await next(server, settings);
    expect(server.url).toBe(url);
  }
  await sleep(500);
  over = true;
  return { seen: await Promise.all(asking), last: server };
}

test('TERM: no connection is refused, and no answer is lost', { timeout: 1_200_000 }, async () => {
  const { seen, last } = await restarted('SIGTERM');
  console.log('TERM', JSON.stringify(seen));
  for (const { answered, failed } of seen) {
    expect(failed).toEqual({});
    expect(answered).toBeGreaterThan(restarts);
  }
  await last.stop();
});

test('kill -9: no connection is refused, and only requests that the server had accepted are lost', { timeout: 1_200_000 }, async () => {
  const { seen, last } = await restarted('SIGKILL');
  console.log('KILL', JSON.stringify(seen));
  for (const { answered, failed } of seen) {
    const { ECONNREFUSED = 0, ...cut } = failed;
    expect(ECONNREFUSED).toBe(0);
    const lost = Object.values(cut).reduce((sum, count) => sum + count, 0);
    expect(lost).toBeLessThanOrEqual(clients * restarts);
    expect(Object.keys(cut).filter((name) => name.startsWith('status'))).toEqual([]);
    expect(answered).toBeGreaterThan(restarts);
  }
  await last.stop();
});

/** An event stream, resumed after each end of its connection where it stopped; all lines of the run, by their events. */
async function followed(server: () => TestServer, run: string): Promise<string> {
  let [last, lines] = ['', ''];
  for (;;) {
    const headers = { accept: 'text/event-stream', ...(last && { 'last-event-id': last }) };
    const isOver = await new Promise<boolean>((resolve) => {
      let text = '';
      const sent = request(new URL(`${run}log/?follow=1`, server().url), { headers, auth: adminLogin, agent: false }, (answer) => {
        answer.on('data', (chunk) => {
          text += chunk;
          for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
            const event = text.slice(0, end);
            text = text.slice(end + 2);
            last = /^id: ?(.*)$/m.exec(event)?.[1] ?? last;
            if (/^event: ?end$/m.test(event)) resolve(true);
            else if (!/^event: ?state$/m.test(event)) for (const [, data] of event.matchAll(/^data: ?(.*)$/gm)) lines += `${data}\n`;
          }
        });
        answer.once('error', () => resolve(false)).once('close', () => resolve(false));
      });
      sent.once('error', () => resolve(false)).end();
    });
    if (isOver) return lines;
  }
}

test('an event stream that TERM cuts is resumed at the next server, and no event is lost', { timeout: 60_000 }, async () => {
  let server = await startServer({ ...settings, GRACE: '0.5' });
  const run = await running(server, shell('for i in $(seq 60); do echo $i; sleep 0.1; done', { timeout: 60 }));
  const lines = followed(() => server, run);
  for (let count = 0; count < 2; count++) {
    await sleep(1000);
    const exit = once(server.process, 'exit');
    process.kill(server.pid, 'SIGTERM');
    await exit;
    server = await next(server, { ...settings, GRACE: '0.5' });
  }
  expect((await lines).trim().split(/\s+/)).toEqual(Array.from({ length: 60 }, (_one, index) => String(index + 1)));
  await server.stop();
});

test('a download that takes longer than the grace is cut and resumed by Range; a shorter one is whole', {
  timeout: 120_000,
}, async () => {
  const size = 8 * 2 ** 20;
  for (const [GRACE, isWhole] of [
    ['1', false],
    ['20', true],
  ] as const) {
    const first = await startServer({ ...settings, GRACE });
    const path = `/api/run/${(await execute(first, shell(`head -c ${size} /dev/zero`))).headers['run-id']}/output/`;
    const slow = new Promise<number>((resolve) => {
      let bytes = 0;
      const sent = request(new URL(path, first.url), { auth: adminLogin, agent: false }, (answer) => {
        answer.once('error', () => {}).once('close', () => resolve(bytes));
        answer.on('data', async (chunk) => {
          bytes += chunk.length;
          answer.pause();
          await sleep(isWhole ? 5 : 50);
          answer.resume();
        });
      });
      sent.end();
    });
    await sleep(500);
    const exit = once(first.process, 'exit');
    process.kill(first.pid, 'SIGTERM');
    await exit;
    const bytes = await slow;
    const second = await next(first, settings);
    if (isWhole) expect(bytes).toBe(size);
    else {
      expect(bytes).toBeLessThan(size);
      const rest = await second.send({ path, headers: { range: `bytes=${bytes}-` } });
      expect([rest.status, rest.bytes.length]).toEqual([206, size - bytes]);
    }
    await second.stop();
  }
});
