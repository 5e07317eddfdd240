// The files that an import sends: those that are named, and of folders those that look like the kind.
import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { exitCodes, Failure } from '../../failure.js';

/** What stands in a folder of this kind, by its name; scripts are told by their first line or name. */
const names: Record<string, RegExp> = {
  scripts: /\.(sh|bash|py|js|mjs|cjs|pl)$/,
  systemd: /\.service$/,
  cwl: /\.cwl$/,
  webhook: /^hooks?\.(json|ya?ml)$/,
  olivetin: /^config\.ya?ml$/,
  crontab: /./,
};

/** By their paths as they were given; throws a Failure with the first fault. */
export function readFilesOf(kind: string, paths: string[]): Record<string, string> {
  const files: Record<string, string> = {};
  for (const path of paths) {
    try {
      for (const file of filesAt(kind, path)) {
        const text = file === '-' ? readFileSync(0) : readFileSync(file);
        if (isUtf8(text)) files[file === '-' ? kind : nameOf(file)] = text.toString();
        else if (file === path) throw new Error('not a text');
      }
    } catch (error) {
      throw new Failure(`${path}: ${(error as Error).message}`, { exitCode: exitCodes.usage });
    }
  }
  if (Object.keys(files).length > 0) return files;
  throw new Failure(`no file of the kind ${kind} in ${paths.join(', ')}`, { exitCode: exitCodes.usage });
}

/** Whether a crontab is one of the system shows in its folder: /etc. */
function nameOf(file: string): string {
  const whole = resolve(file);
  return whole.startsWith('/etc/') ? whole : file;
}

function filesAt(kind: string, path: string): string[] {
  if (path === '-' || !statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
  const files = entries.map(({ name }) => join(path, name)).sort();
  return files.filter((file) => (names[kind] ?? /./).test(basename(file)) || (kind === 'scripts' && isScript(file)));
}

function isScript(file: string): boolean {
  return readFileSync(file).subarray(0, 2).toString() === '#!';
}
