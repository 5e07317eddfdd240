// Opens the stage of a run: its directory, its cwd, the files that came with the request, and the values known so far.
import { constants } from 'node:fs';
import { chown, copyFile, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { chooseInput, chooseOutput } from '../protocol/adapter-choice.js';
import { expandText } from '../protocol/arguments.js';
import { CodedError } from '../protocol/coded-error.js';
import { controlDirectory } from '../protocol/control-directory.js';
import { relativePathFault } from '../protocol/file-names.js';
import type { RunTask } from '../protocol/run-task.js';
import type { ExecutorSettings } from './executor-settings.js';
import type { Outcome } from './outcome.js';
import type { RunStage } from './run-stage.js';
import { StreamCounts } from './stream-counts.js';
import type { WorkDirectory } from './work-directories.js';

export async function openStage(task: RunTask, outcome: Outcome, settings: ExecutorSettings): Promise<RunStage> {
  const { order, message } = task;
  const directory = await settings.workDirectories.acquire();
  const stage: RunStage = {
    order,
    message,
    input: chooseInput(order.definition),
    output: chooseOutput(order.definition),
    directory,
    control: controlDirectory(settings.runsRoot, order.runId),
    cwd: directory.work,
    values: { ...order.parameters, run_id: order.runId, workdir: directory.work },
    counts: new StreamCounts(),
    outcome,
  };
  return stage;
}

/** The uploaded files to their places, then the program's cwd. */
export async function furnish(stage: RunStage): Promise<void> {
  await placeUploads(stage);
  stage.cwd = await programDirectory(stage);
}

async function placeUploads({ order, directory, values }: RunStage): Promise<void> {
  if (order.uploads.length === 0) return;
  const folder = await directory.makeFolder(join(directory.root, 'files'));
  for (const { path, name, parameter } of order.uploads) {
    const place = parameter ? join(await directory.makeFolder(join(folder, parameter)), name) : join(directory.work, name);
    await copyFile(path, place, constants.COPYFILE_EXCL);
    await ownBy(directory, place);
    if (parameter) values[parameter] = place;
  }
}

async function ownBy({ user }: WorkDirectory, path: string): Promise<void> {
  if (user) await chown(path, user.uid, user.gid);
}

/** An absolute cwd must exist; a relative one is made inside the work directory. */
async function programDirectory({ order, directory, values }: RunStage): Promise<string> {
  const { cwd } = order.definition;
  if (cwd === undefined) return directory.work;
  const wanted = expandText(cwd, values);
  if (isAbsolute(wanted)) return existingDirectory(wanted);
  const path = wanted.replace(/^(\.\/+)+|\/+$/g, '');
  if (path === '' || path === '.') return directory.work;
  const fault = relativePathFault(path);
  if (fault) throw new CodedError('spawn_error', `cwd '${wanted}' ${fault}`);
  let made = directory.work;
  for (const part of path.split('/')) made = await directory.makeFolder(join(made, part));
  return made;
}

async function existingDirectory(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (!found) throw new CodedError('spawn_error', `cwd ${path} does not exist`);
  if (!found.isDirectory()) throw new CodedError('spawn_error', `cwd ${path} is not a directory`);
  return path;
}
