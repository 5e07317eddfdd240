// Files with every name that the system allows: listed, read, packed and collected under it, or under its encoded form.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { rawName, shownName } from '../../src/model/file-names.js';
import { newJob, startQuiet, waitFor } from '../support/jobs.js';
import { execute } from '../support/programs.js';
import { createdRun, ended, put, startedToEnd } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';
import { untarred } from '../support/tars.js';

// created by the server, for its run users
const workDir = join(tmpdir(), `procreg-names-${process.pid}`);
let server: TestServer;
beforeAll(async () => {
  server = await startServer({ WORK_DIR: workDir });
});
afterAll(async () => {
  await server.stop();
  rmSync(workDir, { recursive: true, force: true });
});

/** The names of what a test lays out, and their content: the bytes of the name. */
const plain = [
  'c:x',
  'a\\b',
  'C:\\e',
  '..x',
  '\\\\srv',
  '  ',
  '-rf',
  'l\nb\x01\x7f',
  '\u0085',
  '😀',
  '%E9',
  '%',
  '%41',
  'Name',
  'name',
  'con',
].map((name) => Buffer.from(name));
const notUtf8 = ['e9', '636166e92e747874', 'ff25', 'eda080', 'c3bcc3', 'ff'.repeat(60)].map((hex) => Buffer.from(hex, 'hex'));
const random = Array.from({ length: 60 }, (_one, index) => randomBytes(1 + (index % 20))).filter(
  (raw) => !raw.includes(0) && !raw.includes(0x2f) && !['.', '..'].includes(raw.toString()),
);
const names = [...new Map([...plain, ...notUtf8, ...random].map((raw) => [raw.toString('hex'), raw])).values()];

/** A program that makes them in this folder. */
function maker(folder: string, list = names) {
  const script = `import os, sys
os.makedirs(sys.argv[1], exist_ok=True)
for name in sys.argv[2:]:
    raw = bytes.fromhex(name)
    open(os.path.join(sys.argv[1].encode(), raw), 'wb').write(raw)`;
  return { exec: '/usr/bin/python3', argv: ['-c', script, folder, ...list.map((raw) => raw.toString('hex'))] };
}

const literal = new Set(names.map((raw) => raw.toString()).filter((name, index) => Buffer.from(name).equals(names[index])));
const shownOf = (raw: Buffer) => shownName(raw, async (name) => literal.has(name));
const expected = async () => (await Promise.all(names.map(shownOf))).sort();

async function contents(zip: Buffer): Promise<Map<string, Buffer>> {
  const read = new Map<string, Buffer>();
  const archive = await fromBufferPromise(zip, { lazyEntries: true, decodeStrings: false });
  for await (const entry of archive.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await archive.openReadStreamPromise(entry)) chunks.push(chunk);
    read.set(entry.fileNameRaw.toString(), Buffer.concat(chunks));
  }
  return read;
}

const run = async (body: object) => {
  const { json } = await server.send({ method: 'POST', path: '/api/run/', body });
  await ended(server, json.resource_uri);
  return json.resource_uri as string;
};

test('the list of a run’s files has each name once, says which are encoded, and has the address of each file', async () => {
  const path = await run(maker('.'));
  const { json } = await server.send({ path: `${path}files/` });
  expect(json.objects.map((file: { path: string }) => file.path).sort()).toEqual(await expected());
  for (const file of json.objects) {
    const { status, bytes } = await server.send({ path: file.uri });
    expect([file.path, status, file.encoded]).toEqual([file.path, 200, rawName(file.path) !== null && !literal.has(file.path)]);
    expect([bytes, await shownOf(bytes)]).toEqual([bytes, file.path]);
  }
});

test('the zip of a run’s files has the names of the list, and goes into another run', async () => {
  const path = await run(maker('.'));
  const { bytes } = await server.send({ path: `${path}archive/` });
  const files = await contents(bytes);
  expect([...files.keys()].sort()).toEqual(await expected());
  for (const [name, content] of files) expect([name, await shownOf(content)]).toEqual([name, name]);
  const tame = maker(
    '.',
    names.filter((raw) => literal.has(raw.toString()) && !/^(.:)?\\|\.\.\\|\\\.\./s.test(raw.toString())),
  );
  const source = await server.send({ path: `${await run(tame)}archive/` });
  const other = await createdRun(server, 'true');
  expect(await put(server, `${other}archive/`, source.bytes)).toMatchObject({ status: 204 });
  await startedToEnd(server, other);
  expect([...(await contents((await server.send({ path: `${other}archive/` })).bytes)).keys()]).toEqual([
    ...(await contents(source.bytes)).keys(),
  ]);
});

test('the tar of a job has the names of the list', async () => {
  const job = await newJob(server);
  const hex = names.map((raw) => raw.toString('hex')).join(' ');
  await startQuiet(server, job, `python3 -c 'import sys; [open(bytes.fromhex(n), "wb") for n in sys.argv[1:]]' ${hex}`);
  await waitFor(server, job);
  const found = untarred((await server.send({ path: `${job}/archive` })).bytes).names;
  expect(found.sort()).toEqual(await expected());
});

test('the zip of an output folder has the same names, and the record tells that some are encoded', async () => {
  const output_adapter = { output_type: 'directory', output_parameters: { directory: 'out' } };
  const { status, headers, bytes } = await execute(server, { ...maker('out'), output_adapter });
  expect(status).toBe(200);
  expect([...(await contents(bytes)).keys()].sort()).toEqual(await expected());
  const { json } = await server.send({ path: `/api/run/${headers['run-id']}/` });
  expect(json.output.note).toMatch(/^names that are not UTF-8 are percent-encoded: ".*%.*" and \d+ more$/s);
});

test('the only file of an output folder may have any name', async () => {
  const output_adapter = { output_type: 'directory', output_parameters: { directory: 'out', format: 'file' } };
  for (const raw of [Buffer.from('c:\\x'), Buffer.from('caf\xe9.txt', 'latin1'), Buffer.alloc(200, 0xff)]) {
    const { status, headers, bytes } = await execute(server, { ...maker('out', [raw]), output_adapter });
    expect([status, bytes]).toEqual([200, raw]);
    const sent = await server.send({ path: `/api/run/${headers['run-id']}/output/` });
    expect([sent.status, sent.headers['content-disposition']]).toEqual([200, expect.stringMatching(/^attachment; filename="/)]);
  }
});

test('a name that is not UTF-8 is told from the file that is called like its encoded form', async () => {
  const path = await run(maker('.', [Buffer.from([0xff]), Buffer.from('%FF')]));
  const { json } = await server.send({ path: `${path}files/` });
  expect(json.objects).toMatchObject([
    { path: '%FF', encoded: false },
    { path: '%FF%', encoded: true },
  ]);
  const texts = await Promise.all(json.objects.map(({ uri }: { uri: string }) => server.send({ path: uri })));
  expect(texts.map(({ bytes }) => bytes)).toEqual([Buffer.from('%FF'), Buffer.from([0xff])]);
  expect((await server.send({ method: 'DELETE', path: json.objects[1].uri })).status).toBe(204);
  expect((await server.send({ path: `${path}files/` })).json.objects).toMatchObject([{ path: '%FF', encoded: false }]);
});

test('folders whose names are not UTF-8 are looked into, and go with their run', async () => {
  const script = `mkdir "$(printf 'D\\377')"; echo deep > "$(printf 'D\\377/in\\376')"`;
  const path = await run({ exec: '/bin/sh', argv: ['-c', script] });
  const { json } = await server.send({ path: `${path}files/` });
  expect(json.objects).toMatchObject([
    { path: 'D%FF', encoded: true, type: 'folder' },
    { path: 'D%FF/in%FE', encoded: true, type: 'file' },
  ]);
  expect((await server.send({ path: json.objects[1].uri })).text).toBe('deep\n');
  const kept = join(workDir, readdirSync(workDir)[0], 'kept', path.split('/')[3]);
  await expect.poll(() => existsSync(kept)).toBe(true);
  expect((await server.send({ method: 'DELETE', path })).status).toBe(204);
  expect(existsSync(kept)).toBe(false);
});

test('files below a path of more than 4,096 bytes are read and packed', async () => {
  const script = `d=$(printf 'd%.0s' $(seq 200)); for i in $(seq 30); do mkdir $d; cd -P $d 2>/dev/null || exit 1; done; echo far > file`;
  const path = await run({ exec: '/bin/bash', argv: ['-c', script] });
  const { json } = await server.send({ path: `${path}files/` });
  const file = json.objects.at(-1);
  expect([file.path.length, (await server.send({ path: file.uri })).text]).toEqual([30 * 201 + 4, 'far\n']);
  const { bytes } = await server.send({ path: `${path}archive/` });
  expect((await contents(bytes)).get(file.path)?.toString()).toBe('far\n');
});

test('another program can unpack the zip', async () => {
  const { bytes } = await server.send({ path: `${await run(maker('.'))}archive/` });
  writeFileSync(join(workDir, 'a.zip'), bytes);
  expect(
    execFileSync('unzip', ['-tqq', join(workDir, 'a.zip')], { encoding: 'utf8', env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } }),
  ).toBe('');
});
