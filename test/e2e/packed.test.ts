// The package as npm packs it, installed elsewhere: it holds what it needs, nothing else, and serves.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { send } from '../support/http.js';
import { projectRoot } from '../support/server.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-packed-'));
const modules = join(folder, 'node_modules');
const installed = join(modules, 'process-registry');
const started: ChildProcess[] = [];

/** Extracts the tarball, and links the production dependencies that npm would install: nothing is compiled again. */
beforeAll(() => {
  const environment = { PATH: process.env.PATH, HOME: folder };
  const options = ['--ignore-scripts', '--silent', `--pack-destination=${folder}`];
  const tarball = execFileSync('npm', ['pack', ...options], { cwd: projectRoot, env: environment, encoding: 'utf8' }).trim();
  execFileSync('tar', ['-xzf', tarball], { cwd: folder });
  mkdirSync(modules);
  cpSync(join(folder, 'package'), installed, { recursive: true });
  const { packages } = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8'));
  for (const [path, { dev, optional }] of Object.entries(packages) as [string, { dev?: boolean; optional?: boolean }][]) {
    if (dev || optional || !/^node_modules\/(@[^/]+\/)?[^/]+$/.test(path)) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(realpathSync(join(projectRoot, path)), join(folder, path));
  }
  mkdirSync(join(modules, '.bin'));
  symlinkSync('../process-registry/dist/bundle/main.js', join(modules, '.bin/procreg'));
});

afterAll(async () => {
  for (const child of started) {
    if (child.exitCode !== null) continue;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true });
});

/** The address at which `command` serves from an empty folder, and that folder. */
async function served(command: string[]): Promise<{ url: string; cwd: string; said: () => string; child: ChildProcess }> {
  const cwd = mkdtempSync(join(folder, 'empty-'));
  const env = { PATH: process.env.PATH, PORT: '0', ADMIN_PASSWORD: 'secret-password', LOG_FORMAT: 'pretty', DATA_DIR: './data' };
  const child = spawn(command[0], command.slice(1), { cwd, env });
  started.push(child);
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk;
      const found = /process-registry \S+ on (\S+) /.exec(said)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)));
  });
  return { url, cwd, said: () => said, child };
}

test('it holds the bundle, the units, the documents; no tests, no sources, no map', () => {
  const files = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1));
  expect(files).toEqual(
    expect.arrayContaining([
      'dist/bundle/main.js',
      'contrib/systemd/process-registry.service',
      'contrib/systemd/process-registry-launcher.service',
      'docs/operating.md',
      'docs/plugins/environment.js',
      'dist/adapters/index.js',
      'dist/adapters/execute/plugin-kit/kit.d.ts',
      'scripts/start.sh',
      'README.md',
      'LICENSE',
    ]),
  );
  expect(files.filter((file) => /^(test|bench|src|\.ci)\/|\.map$|\.test\./.test(file))).toEqual([]);
});

test('procreg serve runs from an empty folder: curl gives abc, the documentation is there', async () => {
  const { url, cwd, child } = await served([join(modules, '.bin/procreg'), 'serve']);
  const login = ['-sS', '--fail', '-u', 'admin:secret-password'];
  const curl = (...rest: string[]) => execFileSync('curl', [...login, ...rest], { encoding: 'utf8' });
  const definition = '{"definition": {"exec": "/usr/bin/tr", "argv": ["-d", "x"]}}';
  const address = `${url}/api/process_definition/tr/`;
  curl('-X', 'PUT', '-H', 'Content-Type: application/json', '--data', definition, address);
  expect(curl('--data-binary', 'axbxc', `${address}execute/`)).toBe('abc');
  expect((await send(url, { path: '/docs' })).text).toContain('swagger-ui');
  expect((await send(url, { path: '/docs/swagger-ui.css' })).status).toBe(200);
  expect((await send(url, { path: '/metrics' })).status).toBe(200);
  expect(readdirSync(cwd)).toEqual(['data']);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('procreg tells its version and its commands', () => {
  const procreg = (...rest: string[]) => execFileSync(join(modules, '.bin/procreg'), rest, { cwd: folder, encoding: 'utf8' });
  expect(procreg('--version').trim()).toBe(JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')).version);
  for (const role of ['serve', 'migrate', 'backup', 'restore']) expect(procreg('--help')).toMatch(new RegExp(`^ +${role} `, 'm'));
});

test('its start script serves without building', async () => {
  const { url, said } = await served(['sh', join(installed, 'scripts/start.sh')]);
  expect((await send(url, { path: '/health/ready' })).status).toBe(200);
  expect(said()).not.toMatch(/Building|Installing/);
});
