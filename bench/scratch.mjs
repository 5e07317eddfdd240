// The folder and the processes of a bench: they are removed and ended, however the bench ends.
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export function makeScratch() {
  const path = mkdtempSync(join(tmpdir(), 'procreg-bench-'));
  // so that run users can reach their work directories in this folder
  chmodSync(path, 0o711);
  const children = new Set();
  const remove = () => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(path, { recursive: true, force: true });
  };
  process.on('exit', remove);
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  const owns = (child) => {
    children.add(child);
    child.once('exit', () => children.delete(child));
  };
  return {
    path,
    /** Creates a folder in the bench's folder. */
    directory(name) {
      mkdirSync(join(path, name), { recursive: true, mode: 0o711 });
      return join(path, name);
    },
    /** Registers a process that ends with the bench. */
    owns,
    /** Runs a program to its end, unless the bench ends first. Resolves with the program's output. */
    async run([program, ...words], options) {
      const running = execute(program, words, options);
      owns(running.child);
      return (await running).stdout;
    },
    async clear() {
      await Promise.all([...children].map(ended));
      remove();
    },
  };
}

/** Asks a process to end; resolves when it has. */
export function ended(child) {
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
}
