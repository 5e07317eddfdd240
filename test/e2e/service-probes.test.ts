// When a service takes messages, and how messages are passed by other ways than its standard streams.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.js';
import { endOf } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { echoScript, messagesOf, once, say, service, startService, texts } from '../support/services.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ GRACE: '1' });
});
afterAll(() => server.stop());

const stop = (run: string) => server.send({ method: 'POST', path: `${run}stop/` });
const python = (script: string, argv: string[], more: object = {}) => ({
  exec: '/usr/bin/python3',
  argv: ['-u', '-c', script, ...argv],
  process_type: 'service',
  ...more,
});
const byPort = (tcp_port: number | string) => ({
  input_adapter: { input_type: 'port', input_parameters: { tcp_port } },
  output_adapter: { output_type: 'port', output_parameters: { tcp_port } },
});
const httpServer = `
import http.server, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        up = time.time() > started + 1
        self.send_response(200 if up else 503); self.end_headers(); self.wfile.write(b'up' if up else b'')
    def log_message(self, *words): pass
started = time.time()
http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()`;
const lateServer = `
import socket, sys, time
time.sleep(1)
listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))
for word in sys.stdin: print('got', word, end='')`;

describe.concurrent('a service takes messages', { timeout: 60_000 }, () => {
  test.each([
    ['tcp: its port accepts', async (port: number) => python(lateServer, [String(port)], { ready: { tcp: port } })],
    [
      'http: its address answers well',
      async (port: number) => python(httpServer, [String(port)], { ready: { http: `http://127.0.0.1:${port}/` } }),
    ],
    ['log: it has said so', async () => service(`sleep 1; echo 'I am up now' >&2; ${echoScript}`, { ready: { log: 'up now' } })],
    ['delay: after so long', async () => service(echoScript, { ready: { delay: 1 } })],
  ])('once it is ready (%s)', async (_what, content) => {
    const startedMs = performance.now();
    const { run } = await startService(server, await content(await freePort()));
    const begun = await once(server, run, ({ state }) => state === 'running');
    expect(begun.ready).toBe(false);
    const message = await server.send({ method: 'POST', path: `${run}message/`, body: 'word', headers: { prefer: 'wait=20' } });
    expect([message.status, message.json.ready]).toEqual([202, true]);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(950);
    await stop(run);
    await endOf(server, run);
  });

  test('once all of its probes succeed', async () => {
    const { run } = await startService(server, service(`echo up; ${echoScript}`, { ready: { log: 'up', delay: 0.7 } }));
    const { started_at } = await once(server, run, ({ ready }) => ready);
    expect(Date.now() - Date.parse(started_at)).toBeGreaterThanOrEqual(690);
    await stop(run);
  });

  test('never when it ends before: the message is refused, and the service is restarted as often as allowed', async () => {
    const definition = service('sleep 0.5; exit 2', { ready: { delay: 20 }, restart: { max: 1, backoff: 0.5 } });
    const { run } = await startService(server, definition);
    const answer = await server.send({ method: 'POST', path: `${run}message/`, body: 'x' });
    expect(answer).toMatchObject({ status: 409, json: { code: 'wrong_state' } });
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'exit', exit_code: 2, attempt: 2 });
  });

  test('by its port, and answers each on its own connection', async () => {
    const script = `
import socketserver
class Handler(socketserver.StreamRequestHandler):
    def handle(self): self.wfile.write(self.rfile.read().upper())
socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer(('127.0.0.1', int(__import__('sys').argv[1])), Handler).serve_forever()`;
    const { definition, run } = await startService(server, python(script, ['${port}'], { ...byPort('${port}'), ready: { tcp: true } }));
    const answer = await say(server, definition, 'shout', { prefer: 'wait=20' });
    expect(answer).toMatchObject({ status: 200, text: 'SHOUT\n', headers: { 'content-type': 'application/octet-stream' } });
    expect(`/api/run/${answer.headers['run-id']}/`).toBe(run);
    const all = await Promise.all(['a', 'b', 'c'].map((body) => server.send({ method: 'POST', path: `${run}message/`, body })));
    expect(all.map(({ status, text }) => `${status} ${text}`)).toEqual(['200 A\n', '200 B\n', '200 C\n']);
    await stop(run);
    await endOf(server, run);
  });

  test('by a file that it tails and by one that it appends to', async () => {
    const content = {
      exec: '/bin/sh',
      argv: ['-c', 'tail -n +1 -f "$1" | while read -r line; do echo "seen $line" >> "$2"; done', 'sh', '${input_file}', '${output_file}'],
      process_type: 'service',
      input_adapter: { input_type: 'append', input_parameters: { file_path: '${input_file}' } },
      output_adapter: { output_type: 'append', output_parameters: { file_path: '${output_file}' } },
    };
    const { definition, run } = await startService(server, content);
    for (const word of ['one', 'two']) expect((await say(server, definition, word)).status).toBe(202);
    expect(texts(await messagesOf(server, run, { count: 2 }))).toEqual(['seen one\n', 'seen two\n']);
    await stop(run);
  });

  test('not at all when its input adapter is none', async () => {
    const { run } = await startService(server, service('while :; do date; sleep 1; done', { input_adapter: { input_type: 'none' } }));
    const answer = await server.send({ method: 'POST', path: `${run}message/`, body: 'x' });
    expect(answer).toMatchObject({ status: 400, json: { code: 'message_not_taken' } });
    await stop(run);
  });
});
