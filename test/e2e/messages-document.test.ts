// The example of docs/behaviour/messages.md works as written.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RabbitMq } from '../support/rabbitmq.js';
import { adminLogin, projectRoot, startServer, type TestServer } from '../support/server.js';

const text = readFileSync(join(projectRoot, 'docs/behaviour/messages.md'), 'utf8');
const [example] = [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block);
const folder = mkdtempSync(join(tmpdir(), 'procreg-messages-'));
const servers: TestServer[] = [];
let rabbit: RabbitMq;

beforeAll(async () => {
  rabbit = await RabbitMq.start();
});

afterAll(async () => {
  for (const server of servers) await server.stop();
  await rabbit?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test.each(['memory', 'amqp'])('the example prints what it says, on %s', async (bus) => {
  const server = await startServer(bus === 'amqp' ? { AMQP_URL: rabbit.url } : {});
  servers.push(server);
  const env = { PATH: process.env.PATH, URL: server.url, LOGIN: adminLogin };
  const cwd = mkdtempSync(join(folder, 'pasted-'));
  const said = execFileSync('bash', ['--norc', '-c', example], { cwd, env, encoding: 'utf8', timeout: 30_000 });
  expect(said).toBe('event: message\nid: 1.b1\ndata: TEST\n\n');
  expect((await server.send({ path: '/api/binding/' })).json.objects[0].input.bus).toBe(bus);
});
