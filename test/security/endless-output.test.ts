// Programs that never stop writing, and readers that never read: the memory of the server and of the launcher does not grow.
// HOSTILE_OUTPUT_BYTES sets how much the second program says (default 2147483648); 10737418240 is the figure of SECURITY.md.
import { statfsSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, submit } from '../support/hostile.js';
import { childrenOf, launcherOf, memoryBytes } from '../support/processes.js';
import { defined } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const mebibyte = 2 ** 20;
const gibibyte = 2 ** 30;

const free = statfsSync(tmpdir());
const wantedBytes = Number(process.env.HOSTILE_OUTPUT_BYTES ?? 2 * gibibyte);
/** At most a third of what is free. */
const outputBytes = Math.floor(Math.min(wantedBytes, (free.bavail * free.bsize) / 3));

let server: TestServer;
let launcher: number;
let idle: { server: number; launcher: number };

beforeAll(async () => {
  server = await startServer({ ISOLATION: 'pidns', MAX_OUTPUT_BYTES: '12GiB', GRACE: '1' });
  await ended(server, await submit(server, { exec: '/bin/true' }));
  launcher = launcherOf(server.dataDir) as number;
  idle = { server: server.peakBytes(), launcher: memoryBytes(launcher, 'VmHWM') };
});
afterAll(() => server.stop());

/** Peak of the launcher and, together, of its inits, looked at until `done`. */
async function peakUntil(done: Promise<unknown>): Promise<{ launcher: number; inits: number }> {
  let over = false;
  const end = () => {
    over = true;
  };
  done.then(end, end);
  let inits = 0;
  while (!over) {
    const now = childrenOf(launcher).map(({ pid }) => memoryBytes(pid, 'VmHWM'));
    inits = Math.max(inits, ...now);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { launcher: memoryBytes(launcher, 'VmHWM'), inits };
}

function expectLittle(peak: { launcher: number; inits: number }): void {
  expect((server.peakBytes() - idle.server) / mebibyte).toBeLessThan(100);
  expect((peak.launcher - idle.launcher) / mebibyte).toBeLessThan(16);
  expect((peak.inits - idle.launcher) / mebibyte).toBeLessThan(16);
}

test('yes with a limit of 1 GiB ends with output_limit, and exactly 1 GiB is kept', async () => {
  const path = await submit(server, { exec: '/usr/bin/yes', limits: { output_bytes: '1GiB' } });
  const end = ended(server, path, 120);
  const peak = await peakUntil(end);
  const run = await end;
  expect([run.end_reason, run.signal, run.output.bytes]).toEqual(['output_limit', 'SIGKILL', gibibyte]);
  expectLittle(peak);
  expect((await server.send({ method: 'DELETE', path })).status).toBe(204);
});

/** Takes the head of the answer and no byte of its body. */
function takeNothing(method: string, path: string): Promise<{ answer: IncomingMessage; leave: () => void }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, server.url), { method, auth: adminLogin, agent: false });
    outgoing.once('error', reject);
    outgoing.once('response', (answer) => {
      answer.on('error', () => {});
      resolve({ answer, leave: () => outgoing.destroy() });
    });
    outgoing.end();
  });
}

describe(`${(outputBytes / gibibyte).toFixed(1)} GiB of stdout`, () => {
  const zeros = { exec: '/usr/bin/head', argv: ['-c', String(outputBytes), '/dev/zero'], timeout: 600 };

  test('do not grow the memory with a client of ?stream=1 that never reads', async () => {
    const { answer, leave } = await takeNothing('POST', `${await defined(server, zeros)}execute/?stream=1`);
    await expectWhole(`/api/run/${answer.headers['run-id']}/`, leave);
  });

  test('do not grow the memory with a follower of the log that never reads', async () => {
    const path = await submit(server, zeros);
    const { leave } = await takeNothing('GET', `${path}log/?follow=1`);
    await expectWhole(path, leave);
  });

  async function expectWhole(path: string, leave: () => void): Promise<void> {
    const end = ended(server, path, 600);
    const peak = await peakUntil(end);
    const run = await end;
    expect([run.end_reason, run.exit_code, run.output.bytes]).toEqual(['exit', 0, outputBytes]);
    expectLittle(peak);
    leave();
    expect((await server.send({ method: 'DELETE', path })).status).toBe(204);
  }
}, 1_200_000);
