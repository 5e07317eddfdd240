// A caller that ends its half of the connection (nc -N, shutdown(SHUT_WR)) waits for the answer; one that closes all of it has gone.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defined, shell } from '../support/programs.js';
import { until } from '../support/restarts.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const authorization = `Authorization: Basic ${Buffer.from(adminLogin).toString('base64')}`;
const program = shell('cat; sleep 1; echo end', { on_disconnect: 'stop' });

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ GRACE: '0.5' });
});
afterAll(() => server.stop());

interface Beginning {
  body?: string;
  length?: number;
  version?: string;
}

/** A request of which `body` is sent; `length` is what it promises. */
async function begin(path: string, { body = 'hello', length = body.length, version = '1.1' }: Beginning = {}): Promise<Socket> {
  const socket = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  const headers = ['Host: localhost', authorization, 'Connection: close', `Content-Length: ${length}`];
  socket.write(`POST ${path} HTTP/${version}\r\n${headers.join('\r\n')}\r\n\r\n${body}`);
  return socket;
}

async function whole(socket: Socket): Promise<string> {
  let said = '';
  for await (const chunk of socket) said += chunk;
  return said;
}

const newest = async () => (await server.send({ path: '/api/run/?limit=1' })).json.objects[0];

describe('a caller that ends its half of the connection', () => {
  test.each(['1.1', '1.0'])('gets its answer by HTTP/%s', async (version) => {
    const socket = await begin(`${await defined(server, program)}execute/`, { version });
    socket.end();
    const said = await whole(socket);
    expect(said).toContain(`HTTP/1.1 200 OK`);
    expect(said).toMatch(/\r\n\r\nhelloend\n$/);
  });

  test('gets an answer that takes several seconds', async () => {
    const slow = shell('sleep 5; echo slow', { on_disconnect: 'stop' });
    const socket = await begin(`${await defined(server, slow)}execute/`);
    socket.end();
    expect(await whole(socket)).toMatch(/\r\n\r\nslow\n$/);
  });

  test('in the middle of its message starts no run', async () => {
    const before = (await newest())?.id;
    const socket = await begin(`${await defined(server, program)}execute/`, { body: 'hel', length: 5 });
    socket.end();
    expect(await whole(socket)).not.toContain('200 OK');
    const after = await newest();
    if (after && after.id !== before) expect(await until(newest, ({ state }) => state === 'finished')).toMatchObject({ success: false });
  });
});

describe('a caller that closes the whole connection', () => {
  test.each(['at once', 'after it has ended its half'])('%s has its run stopped', async (when) => {
    const endless = shell('sleep 60', { on_disconnect: 'stop' });
    const socket = await begin(`${await defined(server, endless)}execute/`);
    const { id } = await until(newest, (run) => run?.state === 'running');
    if (when !== 'at once') {
      socket.end();
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect((await newest()).state).toBe('running');
    }
    const beganMs = performance.now();
    socket.destroy();
    const run = await until(newest, ({ state }) => state === 'finished');
    expect(run).toMatchObject({ id, end_reason: 'stop', error: 'the caller went away' });
    expect(performance.now() - beganMs).toBeLessThan(6000);
  });
});
