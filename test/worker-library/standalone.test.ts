// The library as others get it: one file that works alone, its types, its place in the package, its document.
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { workerErrorCodes } from '../../src/worker/library/index.js';
import { projectRoot } from '../support/server.js';

const built = join(projectRoot, 'dist/worker/index.js');
const types = join(projectRoot, 'dist/worker/index.d.ts');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'procreg-library-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** What this program, a file of the folder, prints under plain node. */
async function printed(program: string, name = 'main.mjs'): Promise<string> {
  writeFileSync(join(folder, name), program);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [name], { cwd: folder, env: { PATH: process.env.PATH } });
  expect(stderr).toBe('');
  return stdout;
}

describe('the one file, copied elsewhere', () => {
  const use = `
    const worker = new Worker({ logDir: 'logs' });
    const job = await worker.start({ name: 'sh', args: ['-c', 'echo one; sleep 0.2; echo two >&2; exit 5'] }, 'ada');
    for await (const chunk of await worker.stream(job, 'ada')) process.stdout.write(chunk);
    const { status, exitCode } = await worker.query(job, 'ada');
    await worker.start({ name: 'sleep', args: ['300'] }, 'ada');
    await worker.start({ name: 'no-such-program' }, 'ada').catch((error) => console.log(error instanceof WorkerError, error.errno));
    await worker.purge({ maxAgeMs: 0 });
    await worker.close();
    console.log(status, exitCode);`;

  test('runs with plain node, and lets its process end', async () => {
    copyFileSync(built, join(folder, 'index.js'));
    expect(await printed(`import { Worker, WorkerError } from './index.js';${use}`)).toBe('one\ntwo\ntrue ENOENT\nexited 5\n');
    expect(readdirSync(join(folder, 'logs'))).toEqual([expect.stringMatching(/^sleep_/)]);
  });

  test('may be imported by CommonJS', async () => {
    copyFileSync(built, join(folder, 'index.mjs'));
    const program = `import('./index.mjs').then(async ({ Worker, WorkerError }) => {${use}});`;
    expect(await printed(program, 'main.cjs')).toBe('one\ntwo\ntrue ENOENT\nexited 5\n');
  });

  test('imports Node’s own modules alone', () => {
    const specifiers = [...readFileSync(built, 'utf8').matchAll(/(?:from|import|require)\s*\(?\s*["']([^"']+)["']/g)].map(
      ([, name]) => name,
    );
    expect(specifiers.length).toBeGreaterThan(5);
    expect(specifiers.filter((name) => !builtinModules.includes(name.replace(/^node:/, '')))).toEqual([]);
  });

  test('does not poll: 50 readers of a silent program cost next to nothing', async () => {
    copyFileSync(built, join(folder, 'index.mjs'));
    const cost = await printed(`import { Worker } from './index.mjs';
      const worker = new Worker({ logDir: 'logs' });
      const job = await worker.start({ name: 'sleep', args: ['300'] }, 'ada');
      for (let count = 0; count < 50; count++) (await worker.stream(job, 'ada')).resume();
      await new Promise((resolve) => setTimeout(resolve, 200));
      const before = process.cpuUsage();
      await new Promise((resolve) => setTimeout(resolve, 2000));
      const { user, system } = process.cpuUsage(before);
      await worker.close();
      console.log((user + system) / 1000);`);
    expect(Number(cost)).toBeLessThan(500);
  });
});

describe('the types', () => {
  /** The number of compiler errors in each of these programs next to the copied types, and in the types. */
  function faults(programs: Record<string, string>): Record<string, number> {
    copyFileSync(types, join(folder, 'index.d.mts'));
    for (const [name, program] of Object.entries(programs)) writeFileSync(join(folder, name), program);
    const options = { strict: true, noEmit: true, module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022 };
    const typeRoots = [join(projectRoot, 'node_modules/@types')];
    const paths = Object.keys(programs).map((name) => join(folder, name));
    const compiled = ts.createProgram(paths, { ...options, typeRoots, types: ['node'] });
    const count = (name: string) => compiled.getSemanticDiagnostics(compiled.getSourceFile(join(folder, name))).length;
    return Object.fromEntries(['index.d.mts', ...Object.keys(programs)].map((name) => [name, count(name)]));
  }

  test('compile alone, and describe the calls', () => {
    const right = `import { type JobStatus, Worker, WorkerError, type WorkerErrorCode, workerErrorCodes } from './index.mjs';
      const worker = new Worker({ logDir: 'logs', graceMs: 1 });
      const job: string = await worker.start({ name: 'echo', args: ['x'] as const }, 'ada');
      await worker.stop(job, 'ada', { graceful: false });
      const status: JobStatus = (await worker.query(job, 'ada')).status;
      (await worker.stream(job, 'ada')).pipe(process.stdout);
      const ids: string[] = await worker.purge({ maxAgeMs: 1 });
      const code: WorkerErrorCode = new WorkerError('closed', '').code;
      console.log(status, ids, code, workerErrorCodes);
      await worker.close();`;
    const wrong = `import { Worker } from './index.mjs'; new Worker({ logDir: 1 });`;
    expect(faults({ 'right.mts': right, 'wrong.mts': wrong })).toEqual({ 'index.d.mts': 0, 'right.mts': 0, 'wrong.mts': 1 });
  });

  test('declare exactly what the file exports', async () => {
    const declared = [...readFileSync(types, 'utf8').matchAll(/^export declare \w+ (\w+)/gm)].map(([, name]) => name);
    expect(declared.sort()).toEqual(Object.keys(await import(built)).sort());
  });
});

describe('docs/worker-library.md', () => {
  const document = readFileSync(join(projectRoot, 'docs/worker-library.md'), 'utf8');

  test('has an example that prints what it says, with the package installed', async () => {
    const [, example] = /```js\n(.*?)```/s.exec(document) as RegExpExecArray;
    const [, output] = /```text\n(.*?)```/s.exec(document) as RegExpExecArray;
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(projectRoot, join(folder, 'node_modules/process-registry'));
    expect(await printed(example)).toBe(output);
  });

  test('lists exactly the codes of errors', () => {
    const [, table] = document.split('## Errors');
    expect([...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code)).toEqual([...workerErrorCodes]);
  });
});
