// Copies files from a run and to it.
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { storedPathFault } from '../../../../../src/model/file-names.js';
import type { Act } from '../../command-row.js';
import { exitCodes, Failure } from '../../failure.js';
import type { Connection } from '../../http/connection.js';
import { fileSource } from '../../http/file-source.js';
import { Patience, persistently, retryMs } from '../../http/patience.js';
import { Refusal } from '../../http/refusal.js';
import { segment } from '../../http/segment.js';
import { downloaded } from '../../runs/download.js';
import { findRun } from '../../runs/find-run.js';
import { runPath } from '../../runs/run-record.js';
import { Progress } from '../../terminal/progress.js';
import { sinkOf } from '../../terminal/sink.js';
import { tell } from '../../terminal/table.js';

/** RUN:PATH */
const ofRun = /^(@last|[0-9a-fA-F-]{6,36}):(.*)$/s;

export const cp: Act = async ({ connection }, [from, to]) => {
  const [source, target] = [ofRun.exec(from), ofRun.exec(to)];
  if ((source === null) === (target === null))
    throw new Failure('one of the two is RUN:PATH, the other a path of this machine', { exitCode: exitCodes.usage });
  if (source)
    await copyFrom(connection, {
      id: await findRun(connection, source[1]),
      path: source[2].replace(/\/+$/, '').replace(/^(\.\/)*\.?$/, ''),
      to,
    });
  else if (target) await copyTo(connection, { from, id: await findRun(connection, target[1]), path: target[2] });
  return 0;
};

interface FromRun {
  id: string;
  path: string;
  to: string;
}

async function copyFrom(connection: Connection, { id, path, to }: FromRun): Promise<void> {
  if (path === 'output') return copyOutput(connection, { id, path, to });
  const entries = await entriesOf(connection, id);
  const inFolder = entries.filter((entry) => entry.type === 'file' && (path === '' || entry.path.startsWith(`${path}/`)));
  if (path !== '' && !entries.some((entry) => entry.path === path && entry.type === 'folder'))
    return download(connection, { from: filePath(id, path), to: placeOf(to, basename(path)), label: path });
  if (to === '-') throw new Failure(`${path || 'all files of a run'}: a folder cannot be written to stdout`, { exitCode: exitCodes.usage });
  if (inFolder.length === 0) tell(`procreg: the run has no files${path && ` in ${path}`}; its result is RUN:output`);
  const root = path === '' ? to : placeOf(to, basename(path));
  for (const entry of inFolder) {
    const inside = entry.path.slice(path === '' ? 0 : path.length + 1);
    const fault = storedPathFault(inside);
    if (fault) throw new Failure(`the server names a file whose path ${fault}`);
    mkdirSync(dirname(join(root, inside)), { recursive: true });
    await download(connection, { from: filePath(id, entry.path), to: join(root, inside), label: inside });
  }
}

/** The result; a file of this name, if the run has one, is behind ./output. */
async function copyOutput(connection: Connection, { id, to }: FromRun): Promise<void> {
  await download(connection, { from: `${runPath(id)}output/`, to: placeOf(to, 'output'), label: 'output' });
}

/** Inside of a folder the file keeps its name. */
function placeOf(to: string, name: string): string {
  const isFolder = to.endsWith('/') || statSync(to, { throwIfNoEntry: false })?.isDirectory();
  return to !== '-' && isFolder ? join(to, name) : to;
}

async function entriesOf(connection: Connection, id: string): Promise<{ path: string; type: string }[]> {
  const { objects = [], truncated } = await connection.json<{ objects?: { path: string; type: string }[]; truncated?: boolean }>({
    path: `${runPath(id)}files/`,
  });
  if (truncated) process.stderr.write('procreg: the run has more files than the server lists; the rest is left out\n');
  return objects;
}

const filePath = (id: string, path: string) => `${runPath(id)}files/${path.replace(/^\.\//, '').split('/').map(segment).join('/')}`;

async function download(connection: Connection, { from, to, label }: { from: string; to: string; label: string }): Promise<void> {
  const sink = sinkOf(to);
  let progress = new Progress(label, 0);
  let isWhole = false;
  try {
    const onTotal = (bytes: number) => (progress = new Progress(label, bytes));
    for await (const chunk of downloaded({ connection, path: from, retryMs: retryMs(), onTotal })) {
      await sink.write(chunk);
      progress.add(chunk.length);
    }
    isWhole = true;
  } catch (error) {
    if (error instanceof Refusal && error.status === 404)
      throw new Failure(`the run has no ${label === 'output' ? label : `file ${label}`}`, {
        hint: 'all of its files: procreg cp RUN:. FOLDER',
      });
    throw error;
  } finally {
    progress.end();
    sink.close(isWhole);
  }
}

interface ToRun {
  from: string;
  id: string;
  path: string;
}

async function copyTo(connection: Connection, { from, id, path }: ToRun): Promise<void> {
  const found = statSync(from, { throwIfNoEntry: false });
  const name = basename(resolve(from));
  const target = path === '' || path.endsWith('/') ? `${path}${name}` : path;
  if (found?.isFile()) return upload(connection, { from, id, path: target });
  if (!found?.isDirectory()) throw new Failure(`${from} is neither a file nor a folder`, { exitCode: exitCodes.usage });
  // as cp -r: "in/." is what is in the folder, without the folder
  const root = /(^|\/)\.$/.test(from) ? path.replace(/\/+$/, '') : target;
  for (const file of filesBelow(from))
    await upload(connection, { from: join(from, file), id, path: [root, file].filter(Boolean).join('/') });
}

/** Links, pipes and devices are left out, and told. */
function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const placeOfEntry = (entry: (typeof entries)[number]) => relative(folder, join(entry.parentPath, entry.name));
  const others = entries.filter((entry) => !entry.isFile() && !entry.isDirectory()).map(placeOfEntry);
  if (others.length > 0) tell(`procreg: not regular files, left out: ${others.join(', ')}`);
  return entries.filter((entry) => entry.isFile()).map(placeOfEntry);
}

async function upload(connection: Connection, { from, id, path }: ToRun): Promise<void> {
  const { bytes, open } = fileSource(from);
  const put = () => {
    const body = open().compose(new Progress(basename(from), bytes ?? 0).counting()) as Readable;
    return connection.json({ method: 'PUT', path: filePath(id, path), headers: { 'content-length': bytes }, body });
  };
  await persistently(put, new Patience(retryMs()));
}
