// procreg run over connections and servers that are lost in the middle: not a byte is lost, and none comes twice.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { freePort } from '../support/free-port.js';
import { TestClient } from '../support/logged-in-client.js';
import { store } from '../support/programs.js';
import { crash, killLauncherAndStarters, next, until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

/** Two streams of numbered lines, with pauses; the message is counted first. */
const script = `
import sys, time
sent = len(sys.stdin.buffer.read())
for block in range(40):
    for stream, name in ((sys.stdout, 'out'), (sys.stderr, 'err')):
        stream.write(''.join(f'{name} {sent} {block} {line}\\n' for line in range(3000)))
        stream.flush()
    time.sleep(0.05)
sys.exit(7)
`;

function expected(name: string, sent: number): string {
  const blocks = Array.from({ length: 40 }, (_, block) => Array.from({ length: 3000 }, (_, line) => `${name} ${sent} ${block} ${line}\n`));
  return blocks.flat().join('');
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

let server: TestServer;
let client: TestClient;
let proxy: CuttingProxy | undefined;
let port: string;

beforeEach(async () => {
  port = String(await freePort());
  server = await startServer({ PORT: port, ISOLATION: 'process' });
  const { token } = (await server.send({ method: 'POST', path: '/api/token/', body: { name: 'test' } })).json;
  client = new TestClient(server.url, token);
  await store(server, { exec: 'python3', argv: ['-c', script], name: 'lines', input_adapter: { input_type: 'file' } });
});

afterEach(async () => {
  proxy?.close();
  await server.stop();
  client.remove();
});

test('connections that are cut again and again, the upload included, give one run and every byte once', async () => {
  let connections = 0;
  // later ones last longer: a server that can only begin anew gets to the end as well
  proxy = await CuttingProxy.start(
    server.url,
    () => [1_000_000, 2_500_000][connections++] ?? Math.floor((1 + Math.random()) * 100_000 * connections),
  );
  const sent = 1_500_000;
  writeFileSync(join(client.folder, 'sent'), Buffer.alloc(sent));
  const said = await client.run(['run', '-i', 'sent', 'lines'], { environment: { PROCREG_URL: proxy.url } });
  expect([said.code, digest(said.out), digest(said.err)]).toEqual([7, digest(expected('out', sent)), digest(expected('err', sent))]);
  expect(proxy.cuts).toBeGreaterThan(3);
  expect((await server.send({ path: '/api/run/' })).json.meta.total_count).toBe(1);
});

test('a server that is killed and started again continues, and the client with it', async () => {
  const first = server;
  const said = await client.run(['run', '-n', 'lines'], {
    spawned: (child) =>
      child.stdout?.once('data', async () => {
        await crash(first);
        server = await next(first, { PORT: port, ISOLATION: 'process' });
      }),
  });
  expect([said.code, digest(said.out), digest(said.err)]).toEqual([7, digest(expected('out', 0)), digest(expected('err', 0))]);
});

test('a server that stays away is given up after the time for retries, and so is a run that is lost: 125', async () => {
  const away = await client.run(['run', '-n', 'lines'], {
    environment: { PROCREG_RETRY: '1' },
    spawned: (child) => child.stdout?.once('data', () => void crash(server)),
  });
  expect([away.code, away.err.trimEnd().split('\n').at(-2)]).toEqual([125, expect.stringContaining('cannot be reached')]);
  server = await next(server, { PORT: port, ISOLATION: 'process' });
  await store(server, { exec: 'sleep', argv: ['2'], name: 'sleeper', input_adapter: { input_type: 'none' } });
  const lost = client.run(['run', 'sleeper']);
  await until(
    async () => (await server.send({ path: '/api/run/?state=running&definition=sleeper' })).json.meta.total_count,
    (count) => count === 1,
  );
  killLauncherAndStarters(server);
  expect(await lost).toMatchObject({ code: 125, err: expect.stringContaining('lost') });
});
