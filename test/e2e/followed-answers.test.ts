// Answers that last as long as a run: their head comes before the run says anything, and an end that was heard is not said again.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { begun, defined, ran, shell } from '../support/programs.js';
import { noMessage } from '../support/proxied.js';
import { until } from '../support/restarts.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';
import { service } from '../support/services.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const silent = shell('sleep 30', { timeout: 20, ...noMessage });

/** Says its head, and nothing more, where the path is /. */
const quietServer = `
import socket, sys
server = socket.create_server(('127.0.0.1', int(sys.argv[1])))
kept = []
while True:
    connection, _ = server.accept()
    asked = connection.recv(9999)
    connection.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Type: text/event-stream\\r\\n' + (b'Content-Length: 0\\r\\n' if b'/up' in asked else b'') + b'\\r\\n')
    kept.append(connection)`;

/** Executes a program that says nothing. */
async function executed(): Promise<{ method: string; path: string }> {
  return { method: 'POST', path: `${await defined(server, silent)}execute/?stream=1` };
}

async function proxied(): Promise<{ path: string }> {
  const run = await begun(server, { exec: 'python3', argv: ['-c', quietServer, '${port}'], timeout: 20, ...noMessage });
  await until(
    () => server.send({ path: `${run}http/up` }),
    ({ status }) => status === 200,
  );
  return { path: `${run}http/` };
}

describe('the head of an answer comes at once, and forbids buffers on its way', () => {
  test.each<[string, () => Promise<{ method?: string; path: string }>]>([
    ['?stream=1', executed],
    ['a program behind the proxy', proxied],
  ])('%s', async (_what, open) => {
    const { path, ...asked } = await open();
    const asking = request(new URL(path, server.url), { ...asked, auth: adminLogin, agent: false }).end();
    const [answer] = (await once(asking, 'response', { signal: AbortSignal.timeout(3000) })) as [IncomingMessage];
    expect([answer.statusCode, answer.headers['x-accel-buffering']]).toEqual([200, 'no']);
    answer.on('error', () => {});
    asking.destroy();
  });

  test('?stream=1 of a run that fails in its first second is an ordinary failure, and later the connection is cut', async () => {
    const soon = await defined(server, shell('exit 3', noMessage));
    expect(await server.send({ method: 'POST', path: `${soon}execute/?stream=1` })).toMatchObject({ status: 422 });
    const late = await defined(server, shell('sleep 1.5; exit 3', noMessage));
    await expect(server.send({ method: 'POST', path: `${late}execute/?stream=1` })).rejects.toThrow(/aborted|hang up/);
  });
});

describe('the event end has an id of its own, with which a client is told to stay away', () => {
  const events = { accept: 'text/event-stream' };

  test('in a log', async () => {
    const log = `${await ran(server, shell('echo x'))}log/?follow=1`;
    expect((await server.send({ path: log, headers: events })).text).toMatch(
      /event: stdout\nid: (\d+)\ntime: \S+\ndata: x\n.*\n\nevent: end\nid: end\n/s,
    );
    const again = await server.send({ path: log, headers: { ...events, 'last-event-id': 'end' } });
    expect([again.status, again.text]).toEqual([204, '']);
  });

  test('among the messages of a service', async () => {
    const run = await begun(server, service('sleep 30'));
    const messages = { path: `${run}messages/`, headers: { ...events, 'last-event-id': 'end' } };
    expect((await server.send(messages)).status).toBe(400);
    await server.send({ method: 'POST', path: `${run}stop/` });
    await server.send({ path: `${run}wait/` });
    expect((await server.send({ ...messages, headers: events })).text).toMatch(/event: end\nid: end\n/);
    expect((await server.send(messages)).status).toBe(204);
  });
});
