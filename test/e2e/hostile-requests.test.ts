// Requests and definitions that try to crash, block or fill the server: it answers, and stays as it was.
import { readdirSync, readlinkSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defined, shell } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let cat: string;

beforeAll(async () => {
  server = await startServer();
  cat = await defined(server, { exec: '/bin/cat' });
});

afterAll(async () => {
  await server.stop();
});

const multipart = { 'content-type': 'multipart/form-data; boundary=X' };
const filePart = (text: string) => `--X\r\nContent-Disposition: form-data; name="message"; filename="a"\r\n\r\n${text}`;

/** Sends raw bytes and returns the socket to the test. */
async function half(text: string): Promise<Socket> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.on('error', () => {});
  const login = Buffer.from(adminLogin).toString('base64');
  socket.write(text.replace('\r\n', `\r\nHost: localhost\r\nAuthorization: Basic ${login}\r\n`));
  await sleep(100);
  return socket;
}

function openFiles(): string[] {
  const folder = `/proc/${server.pid}/fd`;
  return readdirSync(folder).flatMap((descriptor) => {
    try {
      return [readlinkSync(`${folder}/${descriptor}`)];
    } catch {
      return [];
    }
  });
}

async function answersWithin(milliseconds: number): Promise<void> {
  const startedMs = performance.now();
  expect((await server.send({ path: '/health' })).status).toBe(200);
  expect(performance.now() - startedMs).toBeLessThan(milliseconds);
}

describe('multipart', () => {
  test.each([
    ['that ends in a part', filePart('hello')],
    ['without an end', `${filePart('hello')}\r\n--X`],
    ['with a name that leads out', `--X\r\nContent-Disposition: form-data; name="m"; filename="../x"\r\n\r\nhello\r\n--X--\r\n`],
  ])('%s is 400', async (_what, body) => {
    const { status, json } = await server.send({ method: 'POST', path: `${cat}execute/`, headers: multipart, body });
    expect([status, json.code]).toEqual([400, 'invalid_request']);
  });

  test('text parts are bounded together, for they are held in memory', async () => {
    const part = `--X\r\nContent-Disposition: form-data; name="p"\r\n\r\n${'x'.repeat(100_000)}\r\n`;
    const { status, json } = await server.send({
      method: 'POST',
      path: `${cat}execute/`,
      headers: multipart,
      body: `${part.repeat(50)}--X--\r\n`,
    });
    expect([status, json.code]).toEqual([400, 'invalid_request']);
  });

  test('two files for one parameter, or of one name, are 400 before anything starts', async () => {
    const body = `${filePart('m')}\r\n${'--X\r\nContent-Disposition: form-data; name="o"; filename="b"\r\n\r\nx\r\n'.repeat(2)}--X--\r\n`;
    const before = (await server.send({ path: '/api/run/' })).json.meta.total_count;
    expect((await server.send({ method: 'POST', path: `${cat}execute/`, headers: multipart, body })).status).toBe(400);
    expect((await server.send({ path: '/api/run/' })).json.meta.total_count).toBe(before);
  });
});

describe('clients that go away', () => {
  test('in the middle of a file part leave nothing open', async () => {
    const head = `POST ${cat}execute/ HTTP/1.1\r\nContent-Type: ${multipart['content-type']}\r\nContent-Length: 100000\r\n\r\n${filePart('hello')}`;
    const sockets = await Promise.all(Array.from({ length: 10 }, () => half(head)));
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => openFiles().filter((path) => path.includes('/uploads/')), { timeout: 5000 }).toEqual([]);
  });

  test('while they wait for a large output leave nothing open', async () => {
    const large = await defined(server, shell('head -c 3000000 /dev/zero; sleep 1'));
    const sockets = await Promise.all(
      Array.from({ length: 10 }, () => half(`POST ${large}execute/ HTTP/1.1\r\nContent-Length: 0\r\n\r\n`)),
    );
    for (const socket of sockets) socket.destroy();
    await sleep(1500);
    await expect.poll(() => openFiles().filter((path) => path.endsWith('/log')), { timeout: 5000 }).toEqual([]);
  });

  test('in the middle of a chunked ?stream=1 end the run, with input_error', async () => {
    const socket = await half(`POST ${cat}execute/?stream=1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
    socket.destroy();
    const newest = async () => (await server.send({ path: '/api/run/?limit=1' })).json.objects[0].end_reason;
    await expect.poll(newest, { timeout: 5000 }).toBe('input_error');
  });
});

describe('bodies that nobody reads to their end', () => {
  const megabytes = Buffer.alloc(20 * 2 ** 20, 'x');
  const inChunks = () => Readable.from(Array.from({ length: 20 }, () => Buffer.alloc(2 ** 20, 'x')));
  test.each([
    ['a JSON body that is too large, in chunks', '/api/process_definition/', inChunks, 413],
    ['a stream into a program that reads ten bytes', 'head', () => megabytes, 200],
  ])('%s is answered', async (_what, path, body, status) => {
    const head = await defined(server, { exec: '/usr/bin/head', argv: ['-c', '10'] });
    const target = path === 'head' ? `${head}execute/?stream=1` : path;
    const startedMs = performance.now();
    const answer = await server.send({ method: 'POST', path: target, headers: { 'content-type': 'application/json' }, body: body() });
    expect(answer.status).toBe(status);
    expect(performance.now() - startedMs).toBeLessThan(10_000);
  });
});

describe('work for the event loop', () => {
  test('a pattern that takes forever in other engines takes no time here', async () => {
    const parameters = { properties: { x: { type: 'string', pattern: '^(a+)+$' } }, required: ['x'] };
    const echo = await defined(server, { exec: '/bin/echo', argv: ['${x}'], parameters });
    const startedMs = performance.now();
    const { json } = await server.send({ method: 'POST', path: `${echo}execute/?x=${'a'.repeat(60)}!` });
    expect(json.code).toBe('invalid_parameters');
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });

  test.each([
    ['a hundred thousand open placeholders', { exec: 'x', argv: ['${'.repeat(100_000)] }],
    [
      'four thousand parameters',
      {
        exec: 'x',
        parameters: { properties: Object.fromEntries(Array.from({ length: 4000 }, (_none, n) => [`p${n}`, { pattern: `^a${n}` }])) },
      },
    ],
  ])('%s are judged at once', async (_what, definition) => {
    const startedMs = performance.now();
    const { status } = await server.send({ method: 'POST', path: '/api/process_definition/validate/', body: { definition } });
    expect([200, 400]).toContain(status);
    expect(performance.now() - startedMs).toBeLessThan(1000);
    await answersWithin(500);
  });

  test('a URL that cannot be decoded is a 400 with the server’s own body', async () => {
    const { status, json, headers } = await server.send({ path: '/api/process_definition/%zz/' });
    expect([status, json.code, headers['content-type']]).toEqual([400, 'invalid_request', 'application/problem+json']);
  });
});
