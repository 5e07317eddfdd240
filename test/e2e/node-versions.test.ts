// Which Node.js runs the server: the one that the user names, the machine's own, or the project's own; never one that is too old.
import { execFile, spawn } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.js';
import { send } from '../support/http.js';
import { projectRoot } from '../support/server.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-nodes-'));
const project = join(folder, 'project');
const entry = join(project, 'dist/bundle/main.js');
const nodeOf = (line: number) => join(projectRoot, `test/nodes/node_modules/node-${line}-${process.arch}/bin/node`);
const tooOld = nodeOf(20);

interface Ended {
  code: number;
  said: string;
}

function run(command: string[], environment: Record<string, string>): Promise<Ended> {
  return new Promise((resolve) =>
    execFile(command[0], command.slice(1), { cwd: project, env: environment }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, said: stdout + stderr }),
    ),
  );
}

/** A folder of programs in which `node` is the one of `line`. */
function pathWith(line: number): string {
  const programs = join(folder, `node-${line}`);
  mkdirSync(programs, { recursive: true });
  symlinkSync(nodeOf(line), join(programs, 'node'));
  return `${programs}:/usr/bin:/bin`;
}

let oldPath: string;

beforeAll(() => {
  mkdirSync(join(project, 'dist/bundle'), { recursive: true });
  for (const file of ['main.js', 'server.js']) copyFileSync(join(projectRoot, 'dist/bundle', file), join(project, 'dist/bundle', file));
  for (const path of ['node_modules', 'dist/launcher']) symlinkSync(join(projectRoot, path), join(project, path));
  cpSync(join(projectRoot, 'scripts'), join(project, 'scripts'), { recursive: true });
  const shows = { shows: '. scripts/node.sh; choose_node; echo "runs $NODE as $(node --version)"' };
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ version: '1.2.3', type: 'module', engines: { node: '>=22.14' }, scripts: shows }),
  );
  oldPath = pathWith(20);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('dist/bundle/main.js on a Node.js that is too old', () => {
  test('says which version it needs, which it has and what to do, and loads nothing else', async () => {
    const { code, said } = await run([tooOld, entry, 'server', 'serve'], {});
    expect(code).toBe(1);
    expect(said).toContain(`process-registry needs Node.js 22.14 or newer; this is 20.20.2 (${tooOld})`);
    expect(said).toContain('npm start');
  });

  describe('where the project has its own Node.js', () => {
    beforeAll(() => {
      mkdirSync(join(project, '.node'));
      symlinkSync(process.execPath, join(project, '.node/node'));
    });

    afterAll(() => rmSync(join(project, '.node'), { recursive: true }));

    async function serve() {
      const port = await freePort();
      const dataDir = mkdtempSync(join(folder, 'data-'));
      const env = { PATH: oldPath, PORT: String(port), DATA_DIR: dataDir, ADMIN_PASSWORD: 'secret-12345' };
      const starter = spawn(tooOld, [entry, 'server', 'serve'], { cwd: project, env, stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      await new Promise<void>((resolve) =>
        starter.stdout.on('data', (chunk) => {
          said += chunk;
          if (said.includes('/execute/')) resolve();
        }),
      );
      const answers = () =>
        send(`http://127.0.0.1:${port}`, { path: '/health/live' }).then(
          ({ status }) => status,
          () => null,
        );
      return { starter, answers };
    }

    test('serves with it, and ends well by TERM', async () => {
      const { starter, answers } = await serve();
      expect(await answers()).toBe(200);
      const ended = new Promise((resolve) => starter.once('exit', (code, signal) => resolve(code ?? signal)));
      starter.kill('SIGTERM');
      expect(await ended).toBe(0);
      expect(await answers()).toBeNull();
    });

    test('leaves no server behind when it is killed', async () => {
      const { starter, answers } = await serve();
      starter.kill('SIGKILL');
      await expect.poll(answers, { timeout: 15_000 }).toBeNull();
    });

    test('ends with the exit code of what it started', async () => {
      expect(await run([tooOld, entry, 'server', '--help'], {})).toMatchObject({
        code: 0,
        said: expect.stringContaining('run the server'),
      });
      expect((await run([tooOld, entry, 'server', 'no-such-command'], {})).code).toBe(1);
    });
  });
});

describe('the scripts of the project run', () => {
  const shown = (environment: Record<string, string>) => run(['npm', 'run', '--silent', 'shows'], { HOME: folder, ...environment });

  test('the Node.js of the machine where it is new enough', async () => {
    const { said } = await shown({ PATH: pathWith(22) });
    expect(said).toMatch(/^runs .*\/node-22\/node as v22\.23\.5\n$/);
  });

  test('the one that NODE names, although npm writes its own over it', async () => {
    const { said } = await shown({ PATH: oldPath, NODE: nodeOf(26) });
    expect(said).toBe(`runs ${nodeOf(26)} as v26.12.1\n`);
  });

  test('no Node.js that NODE names but that is too old or does not work', async () => {
    expect(await shown({ PATH: oldPath, NODE: tooOld })).toEqual({
      code: 1,
      said: `process-registry: NODE=${tooOld} is 20.20.2; 22.14 or newer is needed\n`,
    });
    expect((await shown({ PATH: oldPath, NODE: '/bin/true' })).said).toContain('NODE=/bin/true is not a Node.js; 22.14 or newer is needed');
  });

  test('no Node.js when the machine’s is too old and FETCH_NODE=0 forbids to fetch one', async () => {
    const { code, said } = await shown({ PATH: oldPath, FETCH_NODE: '0' });
    expect(code).toBe(1);
    expect(said).toContain('Node.js 22.14 or newer is needed (Node.js 20.20.2 is too old), and FETCH_NODE=0 forbids fetching it');
  });
});
