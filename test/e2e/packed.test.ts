// The package as npm packs it, installed elsewhere without install scripts: it holds what it needs for both platforms, nothing else, and serves.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { send } from '../support/http.js';
import { projectRoot } from '../support/server.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-packed-'));
/** What a clone holds, with its dependencies installed. */
const clone = join(folder, 'clone');
const prefix = join(folder, 'prefix');
const installed = join(prefix, 'lib/node_modules/process-registry');
const procregFile = join(prefix, 'bin/procreg');
const started: ChildProcess[] = [];
const npmPath = [dirname(process.execPath), process.env.PATH].join(':');

function npm(words: string[], PATH = npmPath) {
  return spawnSync('npm', words, { cwd: clone, env: { ...process.env, PATH }, encoding: 'utf8' });
}

beforeAll(() => {
  mkdirSync(clone);
  const left = /^(node_modules|dist|data|\..*|test|bench)$/;
  for (const name of readdirSync(projectRoot))
    if (!left.test(name)) cpSync(join(projectRoot, name), join(clone, name), { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(clone, 'node_modules'));
  const packed = npm(['pack', '--silent', `--pack-destination=${folder}`]);
  expect(packed.status, packed.stderr).toBe(0);
  const tarball = join(folder, packed.stdout.trim().split('\n').at(-1) as string);
  const added = npm([
    'install',
    '--global',
    '--ignore-scripts',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    `--prefix=${prefix}`,
    tarball,
  ]);
  expect(added.status, added.stderr).toBe(0);
}, 600_000);

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

/** All that the package may contain. */
const allowed = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|SECURITY\.md)$/,
  /^dist\/bundle\/(main|server|(schema|import|read|checkpoint)-thread)\.js$/,
  /^dist\/launcher\/linux-(x64|arm64)\/procreg-(launcher|listen|sandbox)$/,
  /^dist\/(worker|adapters)\/[\w./-]+\.(js|d\.ts)$/,
  /^dist\/(THIRD-PARTY-NOTICES\.txt|sbom\.cdx\.json)$/,
  /^native\/(launcher|listen|sandbox)\/[\w-]+\.[ch]$/,
  /^scripts\/((start|node|prepare|build-launcher)\.sh|node\/package(-lock)?\.json)$/,
  /^contrib\/(systemd|nginx|caddy|container|python)\/[\w.-]+$/,
  /^docs\/[\w./-]+\.(md|svg|js)$/,
  /^clients\/cli\/dist\/(procreg\.(cjs|1)|client\.cjs)$/,
  /^dist\/web\/((index|terminal)\.html|icon\.svg|assets\/[\w.-]+\.(js|css)(\.(br|gz))?)$/,
];

test('the package contains the bundle, the units and the documents, but no tests, no sources and no source map', () => {
  const files = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1))
    .filter((path) => !path.startsWith('node_modules/'));
  expect(files).toEqual(
    expect.arrayContaining([
      'dist/bundle/main.js',
      'contrib/systemd/process-registry.service',
      'contrib/systemd/process-registry.socket',
      'contrib/systemd/process-registry-launcher.service',
      'contrib/nginx/process-registry.conf',
      'contrib/python/typed_client.py',
      'dist/THIRD-PARTY-NOTICES.txt',
      'docs/operating.md',
      'docs/plugins/environment.js',
      'dist/adapters/index.js',
      'dist/adapters/execute/plugin-kit/kit.d.ts',
      'scripts/start.sh',
      'native/launcher/main.c',
      'native/listen/main.c',
      'native/sandbox/main.c',
      ...['x64', 'arm64'].flatMap((cpu) => ['launcher', 'listen', 'sandbox'].map((name) => `dist/launcher/linux-${cpu}/procreg-${name}`)),
      'README.md',
      'LICENSE',
    ]),
  );
  expect(files.filter((file) => !allowed.some((pattern) => pattern.test(file)))).toEqual([]);
});

type Lock = { packages: Record<string, { dev?: true; version: string }> };

test('the package has a bill of materials of what npm installs with it', () => {
  const { metadata, components, ...bom } = JSON.parse(readFileSync(join(installed, 'dist/sbom.cdx.json'), 'utf8'));
  const { name, version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  expect([bom.bomFormat, bom.specVersion, metadata.component.purl]).toEqual(['CycloneDX', '1.5', `pkg:npm/${name}@${version}`]);
  expect(metadata.component).toMatchObject({ name, type: 'application' });
  const listed: string[] = components.map((one: { name: string; version?: string }) => `${one.name}@${one.version ?? ''}`);
  const { packages } = JSON.parse(readFileSync(join(clone, 'package-lock.json'), 'utf8')) as Lock;
  const locked = Object.entries(packages).flatMap(([path, { dev, version }]) =>
    path === '' || dev ? [] : `${path.split('node_modules/').at(-1)}@${version}`,
  );
  expect(new Set(listed)).toEqual(new Set([...locked, 'glibc@']));
  const present = readdirSync(join(installed, 'node_modules'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|\/node_modules\/)(@[^/]+\/)?[^/]+\/package\.json$/.test(path))
    .map((path) => `${JSON.parse(readFileSync(join(installed, 'node_modules', path), 'utf8')).name}@`);
  expect(present.length).toBeGreaterThan(100);
  expect(present.filter((name) => !listed.some((one) => one.startsWith(name)))).toEqual([]);
});

test('its CHANGELOG has a section for its version, with a date', () => {
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  expect(readFileSync(join(installed, 'CHANGELOG.md'), 'utf8')).toMatch(new RegExp(`^## \\[${version}\\] - \\d{4}-\\d\\d-\\d\\d$`, 'm'));
});

test('the package has no script that npm would run at its installation', () => {
  const { scripts } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) expect(scripts).not.toHaveProperty(name);
});

/** What its header says (elf.h), and whether it names a loader for shared libraries. */
function elf(path: string) {
  const header = Buffer.alloc(4096);
  const file = openSync(path, 'r');
  readSync(file, header, 0, header.length, 0);
  closeSync(file);
  const [start, size, count] = [Number(header.readBigUInt64LE(32)), header.readUInt16LE(54), header.readUInt16LE(56)];
  const types = Array.from({ length: count }, (_none, index) => header.readUInt32LE(start + index * size));
  return { magic: header.toString('latin1', 0, 4), bits: header[4] * 32, machine: header.readUInt16LE(18), hasLoader: types.includes(3) };
}

test.each([
  ['x64', 62],
  ['arm64', 183],
])('its program for linux-%s is static, for that architecture, and may be executed by everybody', (arch, machine) => {
  for (const name of ['procreg-launcher', 'procreg-listen', 'procreg-sandbox']) {
    const path = join(installed, `dist/launcher/linux-${arch}`, name);
    expect(elf(path)).toEqual({ magic: '\x7fELF', bits: 64, machine, hasLoader: false });
    expect(statSync(path).mode & 0o777).toBe(0o755);
  }
});

test('two packages of the same sources contain the same launchers', () => {
  const bytes = () => ['x64', 'arm64'].map((arch) => readFileSync(join(clone, `dist/launcher/linux-${arch}/procreg-launcher`)));
  const before = bytes();
  execFileSync('sh', ['scripts/build-launcher.sh', '--package'], { cwd: clone });
  expect(bytes().map((one, index) => one.equals(before[index]))).toEqual([true, true]);
});

describe('without a compiler for arm64', () => {
  const bin = join(folder, 'bin');
  const compiler = 'aarch64-linux-gnu-gcc';
  beforeAll(() => {
    mkdirSync(bin);
    const folders = npmPath.split(':').filter((path) => existsSync(path));
    const programs = new Map(folders.reverse().flatMap((path) => readdirSync(path).map((name) => [name, join(path, name)])));
    programs.delete(compiler);
    for (const [name, path] of programs) symlinkSync(path, join(bin, name));
  });

  test.each([
    ['is missing', () => {}],
    ['compiles nothing', () => symlinkSync('/bin/false', join(bin, compiler))],
  ])('npm pack where it %s is refused, says which packages it needs, and leaves no tarball', (_what, arrange) => {
    arrange();
    const target = mkdtempSync(join(folder, 'target-'));
    const { status, stderr } = npm(['pack', `--pack-destination=${target}`], bin);
    expect(status, stderr).not.toBe(0);
    expect(stderr).toMatch(/not packed.*arm64.*gcc-aarch64-linux-gnu libc6-dev-arm64-cross/);
    expect(readdirSync(target)).toEqual([]);
  });
});

test('procreg server serve runs from an empty folder: curl gives abc, the documentation is there', async () => {
  const { url, cwd, child } = await served([procregFile, 'server', 'serve']);
  const login = ['-sS', '--fail', '-u', 'admin:secret-password'];
  const curl = (...rest: string[]) => execFileSync('curl', [...login, ...rest], { encoding: 'utf8' });
  const definition = '{"definition": {"exec": "/usr/bin/tr", "argv": ["-d", "x"]}}';
  const address = `${url}/api/process_definition/tr/`;
  curl('-X', 'PUT', '-H', 'Content-Type: application/json', '--data', definition, address);
  expect(curl('--data-binary', 'axbxc', `${address}execute/`)).toBe('abc');
  expect((await send(url, { path: '/docs' })).text).toContain('swagger-ui');
  expect((await send(url, { path: '/docs/swagger-ui.css' })).status).toBe(200);
  expect((await send(url, { path: '/metrics' })).status).toBe(200);
  expect((await send(url, { path: '/health' })).json).toMatchObject({ launcher: 'native', isolation: 'pidns', promises_off: [] });
  expect(readdirSync(cwd)).toEqual(['data']);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('procreg is the client, and procreg server prints the commands of the server', () => {
  const procreg = (...rest: string[]) => execFileSync(procregFile, rest, { cwd: folder, encoding: 'utf8' });
  expect(procreg('--version').trim()).toBe(JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')).version);
  const names = ['serve', 'migrate', 'backup', 'restore', 'doctor', 'launcher', 'stop-all', 'passwd', 'user', 'token'];
  for (const name of names) expect(procreg('server', '--help')).toMatch(new RegExp(`^ +(procreg server )?${name} `, 'm'));
  expect(existsSync(join(prefix, 'share/man/man1/procreg.1'))).toBe(true);
});

test('its start script starts the server without building', async () => {
  const { url, said } = await served(['sh', join(installed, 'scripts/start.sh')]);
  expect((await send(url, { path: '/health/ready' })).status).toBe(200);
  expect(said()).not.toMatch(/Building|Installing/);
});
