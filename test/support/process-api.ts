// Requests of the procaas interface as its clients make them.
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { type Entry, fromBufferPromise } from 'yauzl';
import { type Answer, multipart } from './http.js';
import { adminLogin, type TestServer } from './server.js';
import { openLine } from './web-socket.js';

export const file = (name: string, content: string | Buffer) => new File([new Uint8Array(Buffer.from(content))], name);

export interface Posted {
  data: unknown;
  files?: File[];
  login?: string;
}

/** POST /process with this `data` and these files. */
export async function post(server: TestServer, { data, files = [], login = adminLogin }: Posted): Promise<Answer> {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  const form = await multipart([['data', text], ...files.map((one, index) => [`file${index}`, one] as [string, File])]);
  return server.send({ method: 'POST', path: '/process', login, ...form });
}

export const python = (script: string, more: object = {}) => ({ cmd: ['python3', '-c', script], ...more });
export const shellCommand = (script: string, more: object = {}) => ({ cmd: ['/bin/sh', '-c', script], ...more });

export const interactive = (server: TestServer, data: unknown) =>
  openLine(server, `/process_interactive?data=${encodeURIComponent(JSON.stringify(data))}`);

/** The files and folders in the work directories, wherever this server has them; what lies next to them is the server's own. */
export function workFiles(server: TestServer): string[] {
  const root = /work directories are in (\S+)/.exec(server.said())?.[1] ?? join(server.dataDir, 'work');
  try {
    const names = readdirSync(root, { recursive: true }) as string[];
    const isFile = (name: string) => statSync(join(root, name), { throwIfNoEntry: false })?.isFile();
    return names.filter((name) => /\/.*\//.test(name) || (name.includes('/') && isFile(name)));
  } catch (error) {
    return [`changes while it is read: ${error}`];
  }
}

/** A request whose answer is taken as it comes. */
export async function chunkedRequest(server: TestServer, data: unknown) {
  const { body, headers } = await multipart([['data', JSON.stringify(data)]]);
  const outgoing = request(new URL(server.url), {
    method: 'POST',
    path: '/process',
    headers: { ...headers, authorization: `Basic ${Buffer.from('admin:secret').toString('base64')}` },
    agent: false,
  });
  outgoing.on('error', () => {});
  outgoing.end(body);
  const response = once(outgoing, 'response').then(([incoming]) => incoming.on('error', () => {}));
  const first = response.then(async (incoming) => String((await once(incoming, 'data'))[0]));
  first.catch(() => {});
  response.catch(() => {});
  return { outgoing, response, first };
}

/** The chunks of the answer, each with when it came. */
export async function chunksOf(server: TestServer, data: unknown) {
  const { response } = await chunkedRequest(server, data);
  const incoming = await response;
  const chunks: { text: string; atMs: number }[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push({ text: chunk.toString(), atMs: performance.now() }));
  await once(incoming, 'end');
  return { status: incoming.statusCode, headers: incoming.headers, chunks };
}

export async function entriesOf(archive: Buffer): Promise<Entry[]> {
  const zip = await fromBufferPromise(archive, { lazyEntries: true });
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) entries.push(entry);
  return entries;
}
