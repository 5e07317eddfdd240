// The names of files in multipart/form-data, as clients of many kinds write them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { declared, execute, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server.stop();
});

const multipart = { 'content-type': 'multipart/form-data; boundary=X' };

/** What POST /process finds in its folder when it brings one file with this header. */
async function received(parameters: string | Buffer) {
  const head = Buffer.concat([Buffer.from('Content-Disposition: form-data; name="f"; '), Buffer.from(parameters)]);
  const data = JSON.stringify({ cmd: ['python3', '-c', 'import os; print(*os.listdir("."), end="")'] });
  const body = Buffer.concat([
    Buffer.from(`--X\r\nContent-Disposition: form-data; name="data"\r\n\r\n${data}\r\n--X\r\n`),
    head,
    Buffer.from('\r\n\r\ncontent\r\n--X--\r\n'),
  ]);
  return server.send({ method: 'POST', path: '/process', headers: multipart, body });
}

test.each<[string, string | Buffer, string]>([
  ['plain', 'filename="a b.txt"', 'a b.txt'],
  ['a bare word', 'filename=a.txt', 'a.txt'],
  ['UTF-8', 'filename="ü文.txt"', 'ü文.txt'],
  ['ISO 8859-1', Buffer.from('filename="caf\xe9.txt"', 'latin1'), 'café.txt'],
  ['percent-encoded', 'filename="a%20b.txt"', 'a%20b.txt'],
  ['filename* alone', "filename*=UTF-8''%C3%BC%20b.txt", 'ü b.txt'],
  ['filename* of ISO 8859-1', "filename*=ISO-8859-1''caf%E9.txt", 'café.txt'],
  ['filename* after filename', `filename="u.txt"; filename*=UTF-8''%C3%BC.txt`, 'ü.txt'],
  ['filename* before filename', `filename*=UTF-8''%C3%BC.txt; filename="u.txt"`, 'ü.txt'],
  ['a quote in it', 'filename="a\\"b.txt"', 'a"b.txt'],
])('a name that is %s', async (_what, parameters, name) => {
  const { status, text } = await received(parameters);
  expect([status, text]).toEqual([200, name]);
});

test.each<[string, string]>([
  ['filename="a/b"', 'contains a folder part'],
  ['filename="a\\\\b"', 'contains a backslash'],
  ['filename="."', "is '.', which is the folder itself"],
  ['filename=".."', 'leads out of its folder'],
  ["filename*=UTF-8''a%00b", 'contains a control character'],
])('the name %s is refused for the true reason', async (parameters, reason) => {
  const { status, json } = await received(parameters);
  expect([status, json.error]).toEqual([400, expect.stringMatching(new RegExp(`${reason}$`))]);
});

test.each([
  ['', 200],
  ['content', 400],
])(
  'a part without a name and with the bytes "%s", as of a field in which no file was chosen, is answered with %i',
  async (bytes, expected) => {
    const chosen = 'Content-Disposition: form-data; name="message"; filename="m.txt"\r\n\r\nhi';
    const empty = `Content-Disposition: form-data; name="doc"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n${bytes}`;
    const definition = shell('cat; ls', {
      ...declared({ doc: { type: 'string', format: 'file' } }),
      input_adapter: { input_type: 'file' },
    });
    const body = `--X\r\n${chosen}\r\n--X\r\n${empty}\r\n--X--\r\n`;
    const { status, text } = await execute(server, definition, { headers: multipart, body });
    expect([status, text.includes('hi')]).toEqual([expected, expected === 200]);
  },
);
