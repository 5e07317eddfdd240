// The programs that a bench needs: found where Debian installs them, or compiled from a source next to this file.
import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runOnce } from './servers.mjs';

/** Debian installs servers in folders that an ordinary user's PATH lacks. */
const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The path of a program. Throws an Error that names the missing package. */
export function installed(program, debianPackage = program) {
  const path = folders.map((folder) => join(folder, program)).find(isExecutable);
  if (!path) throw new Error(`not installed (Debian package ${debianPackage})`);
  return path;
}

/** Debian's own Python, which alone has Debian's modules. Throws when the module is missing. */
export function debianPython(module, debianPackage) {
  const python = '/usr/bin/python3';
  const { status } = spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' });
  if (status !== 0) throw new Error(`not installed (Debian package ${debianPackage})`);
  return python;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Compiles bench/NAME.c into the bench's folder, executable for everybody. Returns its path. */
export function compile(name, scratch) {
  const path = join(scratch.directory('programs'), name);
  runOnce([installed('cc', 'gcc'), '-O2', '-Wall', '-o', path, join(import.meta.dirname, `${name}.c`)], scratch);
  chmodSync(path, 0o755);
  return path;
}
