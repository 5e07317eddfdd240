// What tests do with the files of runs: create runs that wait or keep running, put and read files, create zips of every kind.
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { ZipFile } from 'yazl';
import type { Answer, Sent } from './http.js';
import { shell } from './programs.js';
import type { TestServer } from './server.js';

/** The path of a run of this script that waits to be started. */
export async function createdRun(server: TestServer, script: string, more: object = {}): Promise<string> {
  const body = { ...shell(script), start: false, ...more };
  const { status, json, text } = await server.send({ method: 'POST', path: '/api/run/', body });
  expect(status, text).toBe(201);
  return json.resource_uri;
}

/** Starts it; resolves with its record when it has ended. */
export async function startedToEnd(server: TestServer, run: string) {
  expect((await server.send({ method: 'POST', path: `${run}start/` })).status).toBe(202);
  return ended(server, run);
}

export async function ended(server: TestServer, run: string) {
  return (await server.send({ path: `${run}wait/` })).json;
}

/** The path of a run that has executed this script and keeps running until it is stopped. */
export async function goingOn(server: TestServer, script: string): Promise<string> {
  const body = shell(`${script}\necho ready; exec sleep 60`);
  const { json } = await server.send({ method: 'POST', path: '/api/run/', body });
  // expect.poll does not exist in hooks
  await vi.waitFor(async () => expect((await server.send({ path: `${json.resource_uri}log/` })).text).toContain('ready'), 10_000);
  return json.resource_uri;
}

/** Resolves with its record when it has ended. */
export async function stopped(server: TestServer, run: string) {
  await server.send({ method: 'POST', path: `${run}stop/`, body: {} });
  return ended(server, run);
}

export const put = (server: TestServer, path: string, body: Sent['body'], more: Partial<Sent> = {}): Promise<Answer> =>
  server.send({ method: 'PUT', path, headers: { 'content-type': 'application/octet-stream' }, body, ...more });

/** The paths that the list of the run's files has. */
export async function pathsOf(server: TestServer, run: string): Promise<string[]> {
  const { json } = await server.send({ path: `${run}files/` });
  return json.objects.map(({ path }: { path: string }) => path);
}

/** A good zip with these texts; a path that ends in a slash is a folder. */
export async function zipOf(files: Record<string, string | Buffer>, mode = 0o100644): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(files)) {
    if (path.endsWith('/')) zip.addEmptyDirectory(path);
    else zip.addBuffer(Buffer.from(content), path, { mode });
  }
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The same, whose only entry then gets another name of the same length, which no good tool would write. */
export async function zipNamed(name: string | Buffer, content = 'evil'): Promise<Buffer> {
  const wanted = Buffer.from(name);
  const stand = randomBytes(wanted.length).toString('hex').slice(0, wanted.length);
  const zip = await zipOf({ [stand]: content });
  for (let at = zip.indexOf(stand); at >= 0; at = zip.indexOf(stand)) wanted.copy(zip, at);
  return zip;
}

/** The ids that have a control directory. */
export function spooledIds(server: TestServer): string[] {
  return readdirSync(join(server.dataDir, 'runs')).filter((name) => /^[0-9a-f-]{36}$/.test(name));
}
