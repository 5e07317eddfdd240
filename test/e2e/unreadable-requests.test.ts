// Requests that the parser, the router or Node itself refuses get an error in the same form as every other.
import { createServer, STATUS_CODES } from 'node:http';
import { type AddressInfo, connect, type NetConnectOpts } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerUnreadable } from '../../src/http/unreadable-requests.js';
import { socketOf } from '../support/local-socket.js';
import { defined, shell } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let tcp: NetConnectOpts;
beforeAll(async () => {
  server = await startServer({ LOG_LEVEL: 'info' });
  tcp = { host: '127.0.0.1', port: Number(new URL(server.url).port) };
});
afterAll(() => server.stop());

const login = `Authorization: Basic ${Buffer.from(adminLogin).toString('base64')}`;
const usual = `Host: localhost\r\n${login}\r\nConnection: close\r\n`;

/** All that comes back before the connection is closed. */
function say(to: NetConnectOpts, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(to, () => socket.write(text));
    let said = '';
    socket.setEncoding('utf8').on('data', (chunk) => (said += chunk));
    socket.once('close', () => resolve(said)).once('error', reject);
  });
}

function read(said: string) {
  const [head, body] = said.split('\r\n\r\n', 2);
  const [, status, words] = /^HTTP\/1\.1 (\d{3}) (.*)/.exec(head) ?? [];
  expect([words, head]).toEqual([STATUS_CODES[status], expect.stringMatching(/\r\ncontent-type: application\/problem\+json(\r\n|$)/i)]);
  expect(head).toMatch(/\r\nx-content-type-options: nosniff/i);
  expect(Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1])).toBe(Buffer.byteLength(body));
  const problem = JSON.parse(body);
  expect(problem).toMatchObject({ type: 'about:blank', status: Number(status), detail: problem.error });
  return { head, problem };
}

const cases: [what: string, request: string, status: number, code: string, error: RegExp][] = [
  ['an address beyond ASCII', `GET /about?x=é HTTP/1.1\r\n${usual}\r\n`, 400, 'invalid_request', /percent-encoded/],
  ['an address with a wrong %', `GET /api/process_definition/%zz/ HTTP/1.1\r\n${usual}\r\n`, 400, 'invalid_request', /%zz/],
  ['a method that nobody knows', `FOO /about HTTP/1.1\r\n${usual}\r\n`, 400, 'invalid_request', /method/],
  ['a method that no route has', `PROPFIND /about HTTP/1.1\r\n${usual}\r\n`, 405, 'method_not_allowed', /PROPFIND.*GET/],
  ['this method at an unknown address', `PROPFIND /nowhere HTTP/1.1\r\n${usual}\r\n`, 404, 'not_found', /nothing exists/],
  ['a tunnel', 'CONNECT example.org:80 HTTP/1.1\r\nHost: example.org:80\r\n\r\n', 405, 'method_not_allowed', /CONNECT/],
  ['no HTTP', 'hello\r\n\r\n', 400, 'invalid_request', /not a request of HTTP/],
  ['no Host', `GET /about HTTP/1.1\r\nConnection: close\r\n\r\n`, 400, 'invalid_request', /Host/],
  ['an unknown Expect', `GET /about HTTP/1.1\r\nExpect: 200-ok\r\n${usual}\r\n`, 417, 'expectation_failed', /200-ok/],
  ['headers without end', `GET /about HTTP/1.1\r\nX: ${'x'.repeat(300_000)}`, 431, 'headers_too_large', /16384/],
  [
    'two lengths',
    `POST /run HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n${usual}\r\n`,
    400,
    'invalid_request',
    /Content-Length/,
  ],
  ['a control character', `GET /about HTTP/1.1\r\nX: a\x01b\r\n${usual}\r\n`, 400, 'invalid_request', /header/i],
  ['a malformed chunk', `POST /api/me/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${usual}\r\nzz\r\n`, 400, 'invalid_request', /chunk/i],
];

describe.each(['TCP', 'the local socket'])('over %s', (way) => {
  test.each(cases)('%s is answered', async (_what, request, status, code, error) => {
    const to = way === 'TCP' ? tcp : { path: socketOf(server.dataDir) };
    const { problem } = read(await say(to, request));
    expect(problem).toMatchObject({ status, code, error: expect.stringMatching(error) });
  });
});

test('A refusal by the parser is in the log, and a later request is answered', async () => {
  await say(tcp, `GET /é HTTP/1.1\r\n${usual}\r\n`);
  await expect.poll(server.said).toContain('a request could not be read');
  expect((await server.send({ path: '/about' })).status).toBe(200);
});

test('A response that has begun breaks off, without a second head', async () => {
  const path = await defined(server, shell('echo begun; cat'));
  const head = `POST ${path}execute/?stream=1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${usual}\r\n`;
  const said = await new Promise<string>((resolve, reject) => {
    const socket = connect(tcp, () => socket.write(head));
    let all = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      all += chunk;
      if (chunk.includes('begun')) socket.write('zz\r\n');
    });
    socket.once('close', () => resolve(all)).once('error', reject);
  });
  expect(said).toContain('begun');
  expect(said.match(/HTTP\/1\.1/g)).toHaveLength(1);
});

test('A head that does not arrive in time is a 408', async () => {
  const slow = createServer({ headersTimeout: 100, requestTimeout: 100, connectionsCheckingInterval: 50 }, (_request, response) =>
    response.end(),
  );
  answerUnreadable(slow, () => {}, pino({ level: 'silent' }));
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  const { problem } = read(await say({ host: '127.0.0.1', port: (slow.address() as AddressInfo).port }, 'GET / HTTP/1.1\r\n'));
  expect(problem).toMatchObject({ status: 408, code: 'request_timeout' });
  slow.close();
});
