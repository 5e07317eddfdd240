// What programs leave cannot make the server touch anything else: neither when it collects nor when it removes.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeTree } from '../../src/execute/directories/remove-tree.js';
import { execute, shell, store } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
const victim = mkdtempSync(join(tmpdir(), 'procreg-victim-'));

beforeAll(async () => {
  writeFileSync(join(victim, 'precious'), 'precious');
  server = await startServer({ WORK_DIR: join(tmpdir(), 'procreg-left-behind') });
});

afterAll(async () => {
  await server.stop();
  rmSync(victim, { recursive: true });
  rmSync(join(tmpdir(), 'procreg-left-behind'), { recursive: true, force: true });
});

const runScript = (script: string, output_adapter: object) => execute(server, shell(script, { output_adapter }));

const aFile = { output_type: 'file', output_parameters: { file_path: 'sub/out' } };
const aFolder = { output_type: 'directory', output_parameters: { directory: 'output' } };

test.each([
  ['a linked file', 'mkdir sub; ln -s /etc/passwd sub/out', aFile],
  ['a file through a linked folder', `ln -s ${victim} sub; ln -s x ${victim}/out 2>/dev/null; true`, aFile],
  [
    'a work directory that was swapped for a link',
    'cd ..; mv work old; ln -s /etc work; true',
    { output_type: 'file', output_parameters: { file_path: 'passwd' } },
  ],
  ['a FIFO', 'mkdir sub; mkfifo sub/out', aFile],
  ['a device', 'mkdir sub; ln -s /dev/zero sub/out', aFile],
  ['a linked output folder', `rm -rf output; ln -s ${victim} output`, aFolder],
])('%s is refused as output', async (_what, script, output) => {
  const startedMs = performance.now();
  const answer = await runScript(script, output);
  expect(answer.json).toMatchObject({ status: 422, code: 'output_error' });
  expect(answer.text).not.toContain('root:');
  expect(answer.text).not.toContain('precious');
  expect(performance.now() - startedMs).toBeLessThan(10_000);
});

test('links in an output folder are left out of its zip', async () => {
  const answer = await runScript(`echo mine >output/mine; ln -s ${victim}/precious output/theirs; ln -s ${victim} output/folder`, aFolder);
  expect(answer.status).toBe(200);
  expect(answer.bytes.includes('mine')).toBe(true);
  expect(answer.bytes.includes('theirs')).toBe(false);
  expect(answer.bytes.includes('precious')).toBe(false);
});

test.each([
  ['a file', '/etc', { output_type: 'file', output_parameters: { file_path: 'shadow' } }],
  ['the files of a folder', '/', { output_type: 'directory', output_parameters: { directory: 'root' } }],
])('%s that the program did not make is not read for it, though the server could', async (_what, cwd, output_adapter) => {
  const answer = await execute(server, { exec: '/bin/true', cwd, output_adapter });
  expect(answer.json).toMatchObject({ status: 422, code: 'output_error' });
});

test('a message is not written into a folder that the run user may not write', async () => {
  const definition = { exec: '/bin/true', cwd: '/etc', input_adapter: { input_type: 'file', input_parameters: { file_path: 'motd.d' } } };
  const answer = await store(server, definition);
  expect(answer.json.faults).toMatchObject([{ path: 'input_adapter' }]);
});

test('removing what a run left follows no link, and leaves nothing', async () => {
  const left = `mkdir -p a/b; ln -s ${victim} a/b/link; ln -s ${victim}/precious a/file; chmod 000 a/b; true`;
  const { headers } = await runScript(left, { output_type: 'none' });
  await expect.poll(() => keptRuns(), { timeout: 5000 }).toContain(headers['run-id']);
  expect((await server.send({ method: 'DELETE', path: `/api/run/${headers['run-id']}/` })).status).toBe(204);
  expect(keptRuns()).not.toContain(headers['run-id']);
  expect(readFileSync(join(victim, 'precious'), 'utf8')).toBe('precious');
});

/** The runs whose files are kept. */
function keptRuns(): string[] {
  const root = join(tmpdir(), 'procreg-left-behind');
  const [own] = readdirSync(root);
  return readdirSync(join(root, own, 'kept'));
}

test('removeTree removes a link and not what it leads to', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-tree-'));
  mkdirSync(join(folder, 'deep/deeper'), { recursive: true });
  symlinkSync(victim, join(folder, 'deep/link'));
  await removeTree(folder);
  expect(existsSync(folder)).toBe(false);
  expect(existsSync(join(victim, 'precious'))).toBe(true);
});
