// A copy of what is built, whose launcher a test may take away, and the faults that keep a launcher from running.
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './server.js';

/** Where the launcher is, by the name of the part, and the file that is started. The caller removes `folder`. */
export function copyProduct() {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-copy-'));
  for (const name of ['package.json', 'dist/bundle', 'dist/launcher', 'native', 'scripts'])
    cpSync(join(projectRoot, name), join(folder, name), { recursive: true });
  rmSync(join(folder, 'dist/launcher', `linux-${process.arch}`), { recursive: true, force: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  chmodSync(folder, 0o755);
  const launcher = join(folder, 'dist/launcher/procreg-launcher');
  return { folder, launcher, sandbox: join(folder, 'dist/launcher/procreg-sandbox'), bundle: join(folder, 'dist/bundle/main.js') };
}

const otherMachine = process.arch === 'x64' ? 'arm64' : 'x64';

/** The launcher as a file of another architecture begins. */
function ofOtherMachine(path: string): void {
  const bytes = readFileSync(path);
  bytes.writeUInt16LE(otherMachine === 'arm64' ? 183 : 62, 18);
  writeFileSync(path, bytes);
}

function makeFolder(path: string): void {
  rmSync(path);
  mkdirSync(path);
}

/** What it does to the launcher at this path, and what is said of it. */
export const launcherFaults: [string, (path: string) => void, string][] = [
  ['is missing', (path) => rmSync(path), 'is missing'],
  ['may not be executed', (path) => chmodSync(path, 0o644), 'may not be executed (EACCES)'],
  ['is a folder', makeFolder, 'is not a file'],
  ['is an empty file', (path) => writeFileSync(path, ''), 'is not a program for Linux'],
  ['is for another architecture', ofOtherMachine, `is for ${otherMachine}, and this machine is ${process.arch}`],
  ['is cut short', (path) => writeFileSync(path, readFileSync(path).subarray(0, 4096)), 'does not answer'],
  ['is another program', (path) => copyFileSync('/bin/true', path), 'does not answer'],
];

/** Puts the fault in place of the launcher, which is kept next to it until `mendLauncher`. */
export function breakLauncher(path: string, makeFault: (path: string) => void): void {
  renameSync(path, `${path}.whole`);
  cpSync(`${path}.whole`, path);
  makeFault(path);
}

/** Also of one that is not broken. */
export function mendLauncher(path: string): void {
  const whole = `${path}.whole`;
  if (!existsSync(whole)) return;
  rmSync(path, { recursive: true, force: true });
  renameSync(whole, path);
}
