// Tars of tests: created entry by entry, and unpacked by a program other than the server.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Headers, pack } from 'tar-stream';
import { afterAll } from 'vitest';

export type Entry = Partial<Headers> & { name: string; text?: string };

/** Exactly these entries, also such as no good tool would write. */
export async function tarOf(entries: Entry[]): Promise<Buffer> {
  const packed = pack();
  for (const { text = '', ...header } of entries) packed.entry({ mode: 0o644, ...header, size: Buffer.byteLength(text) }, text);
  packed.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packed) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const unpacked: string[] = [];
afterAll(() => {
  for (const folder of unpacked) rmSync(folder, { recursive: true, force: true });
});

/** The names that another program finds in it, sorted; its files are there until the tests of the file are over. */
export function untarred(bytes: Buffer): { names: string[]; at: (name: string) => string; text: (name: string) => string } {
  const target = mkdtempSync(join(tmpdir(), 'procreg-tar-'));
  unpacked.push(target);
  mkdirSync(join(target, 'out'));
  writeFileSync(join(target, 'a.tar'), bytes);
  execFileSync('python3', ['-c', 'import tarfile; tarfile.open("a.tar").extractall("out")'], { cwd: target });
  const at = (name: string) => join(target, 'out', name);
  const names = readdirSync(join(target, 'out'), { recursive: true }).map(String).sort();
  return { names, at, text: (name) => readFileSync(at(name), 'utf8') };
}
