// Files with dates that no zip, tar, header or Date can hold: each answer has every file, and the server keeps running.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newJob, startQuiet, upload, waitFor } from '../support/jobs.js';
import { post, python } from '../support/process-api.js';
import { execute, ran } from '../support/programs.js';
import { runRole } from '../support/role.js';
import { startServer, type TestServer } from '../support/server.js';
import { tarOf } from '../support/tars.js';

/** In memory, in a file system that keeps 64 bits of the seconds. */
const workDir = mkdtempSync('/dev/shm/procreg-dates-');
const folder = mkdtempSync(join(tmpdir(), 'procreg-dates-'));
let server: TestServer;
beforeAll(async () => {
  chmodSync(workDir, 0o755);
  server = await startServer({ WORK_DIR: workDir, COMPAT: 'process,jobs' });
});
afterAll(async () => {
  await server.stop();
  for (const path of [workDir, folder]) rmSync(path, { recursive: true });
});

const seconds = [
  -(2 ** 55),
  -(2 ** 40),
  -62135596801,
  -1,
  -0.5,
  0,
  283996800,
  2 ** 31,
  2 ** 32,
  4354819200,
  8 ** 11,
  253402300800,
  2 ** 40,
  2 ** 55,
];
const names = seconds.map((_time, index) => `file${String(index).padStart(2, '0')}`);
/** Leaves one file for each of them in `into`, and a folder. */
const leaving = (into: string) => `import os
os.makedirs("${into}/folder")
for i, s in enumerate(${JSON.stringify(seconds)}):
  p = "${into}/file%02d" % i; open(p, "w").write("content"); os.utime(p, ns=(int(s * 10**9), int(s * 10**9)))
os.utime("${into}/folder", (${seconds[0]}, ${seconds[0]}))`;
const script = (into: string, more: object = {}) => ({ exec: '/usr/bin/python3', argv: ['-c', leaving(into)], ...more });

function namesInZip(bytes: Buffer): string[] {
  writeFileSync(join(folder, 'a.zip'), bytes);
  const list = 'import zipfile; z = zipfile.ZipFile("a.zip"); assert z.testzip() is None; print("\\n".join(sorted(z.namelist())))';
  return execFileSync('python3', ['-c', list], { cwd: folder, encoding: 'utf8' }).trim().split('\n');
}

function yearsInTar(bytes: Buffer): [string, number][] {
  writeFileSync(join(folder, 'a.tar'), bytes);
  const list =
    'import tarfile, json; print(json.dumps(sorted([m.name.split("/")[-1], m.mtime] for m in tarfile.open("a.tar") if m.isfile())))';
  return JSON.parse(execFileSync('python3', ['-c', list], { cwd: folder, encoding: 'utf8' }));
}

const clamped = seconds.map((time) => Math.floor(Math.min(Math.max(time, 0), 8 ** 11 - 1)));

test('the archive of a run has all of them', async () => {
  const run = await ran(server, script('.'));
  const { status, bytes } = await server.send({ path: `${run}archive/` });
  expect(status).toBe(200);
  expect(namesInZip(bytes)).toEqual([...names, 'folder/']);
});

test('the list of files has all of them, with dates that every client can parse', async () => {
  const run = await ran(server, script('.'));
  const { status, json } = await server.send({ path: `${run}files/` });
  expect(status).toBe(200);
  expect(json.objects.map(({ path }: { path: string }) => path)).toEqual([...names, 'folder']);
  for (const { modified_at } of json.objects) expect(modified_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(json.objects[5].modified_at).toBe('1970-01-01T00:00:00.000Z');
  for (const name of names) {
    const { status: read, text, headers } = await server.send({ path: `${run}files/${name}` });
    expect([read, text]).toEqual([200, 'content']);
    expect(headers['last-modified']).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
    expect(Date.parse(headers['last-modified'] as string)).toBeLessThanOrEqual(Date.now());
  }
});

test.each(['zip', 'file'])('a directory output with format %s has them', async (format) => {
  const output_adapter = { output_type: 'directory', output_parameters: { directory: 'output', format } };
  const one = 'import os; os.mkdir("output/sub"); open("output/sub/x", "w").write("content"); os.utime("output/sub/x", (-2**55, -2**55))';
  const program = format === 'zip' ? script('output') : { exec: '/usr/bin/python3', argv: ['-c', one] };
  const { status, bytes, text } = await execute(server, { ...program, output_adapter });
  expect(status, text).toBe(200);
  if (format === 'file') expect(text).toBe('content');
  else expect(namesInZip(bytes)).toEqual([...names, 'folder/']);
});

test('the zip of POST /process has all of them', async () => {
  const { status, bytes, text } = await post(server, { data: python(leaving('out'), { outputMode: 'zip', outputDir: 'out' }) });
  expect(status, text).toBe(200);
  expect(namesInZip(bytes).filter((name) => name.includes('file'))).toHaveLength(names.length);
});

test('the tar of a job has all of them, with the nearest times that a tar holds', async () => {
  const job = await newJob(server);
  expect((await upload(server, job, 'leave.py', leaving('.'))).status).toBe(200);
  await startQuiet(server, job, 'python3 leave.py');
  await waitFor(server, job);
  const { status, bytes } = await server.send({ path: `${job}/archive?include=*file*` });
  expect(status).toBe(200);
  expect(yearsInTar(bytes)).toEqual(names.map((name, index) => [name, clamped[index]]));
});

test('files of a tar that goes into a job and comes out of it keep the times that a tar holds', async () => {
  const job = await newJob(server);
  const entries = seconds.map((time, index) => ({ name: names[index], text: 'content', mtime: new Date(0), pax: { mtime: String(time) } }));
  const headers = { 'content-type': 'application/octet-stream' };
  const put = await server.send({ method: 'POST', path: `${job}/archive`, headers, body: await tarOf(entries) });
  expect(put.status, put.text).toBe(200);
  await startQuiet(server, job, 'ls');
  await waitFor(server, job);
  expect(await waitFor(server, job)).toMatchObject({ state: 'FINISHED' });
  const read = yearsInTar((await server.send({ path: `${job}/archive` })).bytes);
  expect(read.map(([name]) => name)).toEqual(names);
  // what a Date and the file system say of the furthest ones is their own
  for (const [index, [, mtime]] of read.entries()) if (seconds[index] <= 2 ** 32) expect(mtime).toBe(clamped[index]);
});

test('a backup has the log and the output of runs whatever their dates are', async () => {
  const { headers } = await execute(server, { exec: '/bin/sh', argv: ['-c', 'head -c 200000 /dev/zero'] });
  const log = join(server.dataDir, 'runs', headers['run-id'] as string, 'log');
  execFileSync('touch', ['-d', '1969-01-01', log]);
  const archive = join(folder, 'backup.tar');
  expect(await runRole(['backup', archive], { DATA_DIR: server.dataDir })).toMatchObject({ code: 0, stderr: '' });
  expect((await runRole(['restore', archive], { DATA_DIR: join(folder, 'restored') })).code).toBe(0);
});

test('the server has not restarted meanwhile', () => {
  expect(server.process.exitCode).toBe(null);
});
