// What a bench leaves behind, which is nothing: its folder is removed and its processes are ended, however it ends.
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export function makeScratch() {
  const path = mkdtempSync(join(tmpdir(), 'procreg-bench-'));
  // so that the users of runs reach their work directories in it
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
    /** A folder in it. */
    directory(name) {
      mkdirSync(join(path, name), { recursive: true, mode: 0o711 });
      return join(path, name);
    },
    /** Ends with the bench. */
    owns,
    /** Runs a program to its end, which the bench's own end may come before. Resolves with what it prints. */
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

function ended(child) {
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
}
