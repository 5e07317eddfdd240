// What the runs of one user take on the disk is bounded: the user is refused and the largest run ended, and nobody else notices.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ended, submit } from '../support/hostile.js';
import { defined, shell } from '../support/programs.js';
import { until } from '../support/restarts.js';
import { put } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';

const limit = 8_000_000;
const [greedy, modest] = ['greedy:password', 'modest:password'];
const write = (bytes: number) => `head -c ${bytes} /dev/zero > written`;

let server: TestServer;
let tr: string;
beforeAll(async () => {
  server = await startServer({ USER_MAX_BYTES: String(limit), GRACE: '0.2' });
  for (const login of [greedy, modest]) await server.user(login, 'author');
  tr = await defined(server, { exec: '/usr/bin/tr', argv: ['x', 'y'], visibility: 'shared' });
});
afterAll(() => server.stop());

async function executes(login: string): Promise<[status: number, ms: number]> {
  const beginMs = performance.now();
  const { status } = await server.send({ method: 'POST', path: `${tr}execute/`, body: 'axb', login });
  return [status, performance.now() - beginMs];
}

test('beyond USER_MAX_BYTES the largest run of the user is ended, what it leaves counts, and others go on', async () => {
  const bystander = await submit(server, shell('sleep 600'), greedy);
  const small = await submit(server, shell(`${write(3_000_000)}; sleep 600`), greedy);
  const large = await submit(server, shell(`cd; ${write(12_000_000)}; sleep 600`), greedy);
  const other = await submit(server, shell(`${write(5_000_000)}; sleep 600`), modest);
  expect(await ended(server, large)).toMatchObject({ end_reason: 'output_limit', signal: 'SIGKILL', success: false });
  const stateOf = async (path: string) => (await server.send({ path })).json.state;
  expect(await Promise.all([bystander, small, other].map(stateOf))).toEqual(['running', 'running', 'running']);
  for (const path of [bystander, small, other]) await server.send({ method: 'POST', path: `${path}stop/` });
});

test('a user whose runs keep too much is refused with its own figures until some are removed, and others are not', async () => {
  await until(
    () => executes(greedy),
    ([status]) => status === 200,
  );
  const path = await submit(server, shell(write(10_000_000)), greedy);
  await ended(server, path);
  const refusing = await until(
    () => executes(greedy),
    ([status]) => status === 507,
  );
  expect(refusing[0]).toBe(507);
  const [status, ms] = await executes(modest);
  expect([status, ms < 1000]).toEqual([200, true]);
  const { json } = await server.send({ method: 'POST', path: '/api/run/', login: greedy, body: { exec: '/bin/true' } });
  expect(json).toMatchObject({ code: 'disk_full', limit });
  expect(json.used).toBeGreaterThan(limit);
  expect(json.detail).toContain(`take ${json.used} bytes of ${limit}`);
  expect((await put(server, `${path}files/more`, 'x', { login: greedy })).status).toBe(507);
  expect((await server.send({ method: 'DELETE', path, login: greedy })).status).toBe(204);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect((await executes(greedy))[0]).toBe(200);
});
