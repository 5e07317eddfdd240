// The package of the client as npm packs it: it works alone, with its manual page, its licences, and the version of the server.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../support/server.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-packed-client-'));
const prefix = join(folder, 'prefix');
const installed = join(prefix, 'lib/node_modules/procreg');
const environment = { HOME: folder, PATH: [dirname(process.execPath), process.env.PATH].join(':') };

beforeAll(() => {
  const clone = join(folder, 'clone');
  mkdirSync(clone);
  for (const name of ['clients', 'scripts', 'src', 'package.json', 'LICENSE'])
    cpSync(join(projectRoot, name), join(clone, name), { recursive: true });
  rmSync(join(clone, 'clients/cli/dist'), { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(clone, 'node_modules'));
  const npm = (cwd: string, ...words: string[]) => execFileSync('npm', words, { cwd, env: environment, encoding: 'utf8', stdio: 'pipe' });
  npm(join(clone, 'clients/cli'), 'pack', '--silent', `--pack-destination=${folder}`);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) as string;
  npm(folder, 'install', '--global', '--offline', '--no-audit', '--no-fund', `--prefix=${prefix}`, join(folder, tarball));
  rmSync(clone, { recursive: true });
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true }));

const procreg = (...words: string[]) => spawnSync(join(prefix, 'bin/procreg'), words, { cwd: folder, env: environment, encoding: 'utf8' });

test('It holds the program, its manual page and its licences, and depends on nothing', () => {
  expect(readdirSync(installed).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
  expect(readdirSync(join(installed, 'dist')).sort()).toEqual([
    'THIRD-PARTY-NOTICES.txt',
    'client.cjs',
    'procreg.1',
    'procreg.cjs',
    'sbom.cdx.json',
  ]);
  const { dependencies = {}, version, license } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  const server = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  expect([dependencies, version, license]).toEqual([{}, server.version, server.license]);
  const notices = readFileSync(join(installed, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
  const { components } = JSON.parse(readFileSync(join(installed, 'dist/sbom.cdx.json'), 'utf8')) as {
    components: { name: string; version: string }[];
  };
  expect(components.map(({ name }) => name).sort()).toEqual(expect.arrayContaining(['commander', 'ws', 'yaml']));
  for (const { name, version: bundled } of components) {
    expect(notices).toContain(`${name} ${bundled} (`);
    if (name in server.dependencies) expect(bundled).toBe(server.dependencies[name]);
  }
  expect(readFileSync(join(installed, 'LICENSE'), 'utf8')).toBe(readFileSync(join(projectRoot, 'LICENSE'), 'utf8'));
});

test('It runs alone, and says how to get the server', () => {
  expect(procreg('--version').stdout.trim()).toBe(JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')).version);
  expect(procreg('def', 'apply', '--help').stdout).toMatch(/--prune/);
  const { status, stderr } = procreg('server', 'serve');
  expect([status, stderr]).toEqual([2, expect.stringContaining('install the package process-registry')]);
  expect(procreg('def', 'ls').stderr).toMatch(/^procreg: not logged in to a server\nhint: procreg login URL/);
});

test('Its manual page has every command, and is well-formed', () => {
  const page = readFileSync(join(prefix, 'share/man/man1/procreg.1'), 'utf8');
  for (const command of ['def apply', 'exec', 'completion', 'login']) expect(page).toContain(`.SS procreg ${command}`);
  const { status, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-z'], { input: page, encoding: 'utf8' });
  if (status !== null) expect([status, stderr]).toEqual([0, '']);
});
