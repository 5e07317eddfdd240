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
import { typedChoice } from './input/typed-input.js';
import type { Outcome } from './outcome.js';
import type { RunStage } from './run-stage.js';
import type { StageNote } from './stage-note.js';
import type { WorkDirectory } from './work-directories.js';

export async function openStage(task: RunTask, outcome: Outcome, settings: ExecutorSettings): Promise<RunStage> {
  const directory = await settings.workDirectories.acquire(task.order.runId);
  return stageOf(task, { outcome, directory, cwd: directory.work, settings });
}

/** The stage of a run that an earlier server has started. */
export function reopenStage(task: RunTask, note: StageNote, { outcome, settings }: Pick<StageParts, 'outcome' | 'settings'>): RunStage {
  const directory = settings.workDirectories.reopen(task.order.runId, note);
  const stage = stageOf(task, { outcome, directory, cwd: note.cwd, settings });
  Object.assign(stage.values, note.values);
  Object.assign(stage, { resumed: true, pipes: note.pipes ?? [], marks: note.marks ?? {} });
  stage.isolation = note.isolation ?? stage.isolation;
  return stage;
}

interface StageParts {
  outcome: Outcome;
  directory: WorkDirectory;
  cwd: string;
  settings: ExecutorSettings;
}

function stageOf({ order, message }: RunTask, { outcome, directory, cwd, settings }: StageParts): RunStage {
  return {
    order,
    message,
    input: order.interactive ? typedChoice : chooseInput(order.definition),
    output: chooseOutput(order.definition),
    directory,
    control: controlDirectory(settings.runsRoot, order.runId),
    cwd,
    values: Object.assign({ run_id: '', workdir: '' }, order.parameters, { run_id: order.runId, workdir: directory.work }),
    pipes: [],
    marks: {},
    resumed: false,
    served: false,
    isolation: settings.level,
    end: null,
    outcome,
  };
}

/** The uploaded files to their places, then the program's cwd. */
export async function furnish(stage: RunStage): Promise<void> {
  await placeUploads(stage);
  stage.cwd = await programDirectory(stage);
}

async function placeUploads({ order, directory, values }: RunStage): Promise<void> {
  if (order.uploads.length === 0) return;
  const folder = await directory.makeFolder(join(directory.root, 'files'));
  for (const { path, name, parameter, folder: isFolder } of order.uploads) {
    if (isFolder) {
      await placeInWork(directory, `${name}/`);
      continue;
    }
    const place = parameter ? join(await directory.makeFolder(join(folder, parameter)), name) : await placeInWork(directory, name);
    await copyFile(path, place, constants.COPYFILE_EXCL);
    await ownBy(directory, place);
    if (parameter) values[parameter] = place;
  }
}

/** A name may have folders, which are made as they are needed. */
async function placeInWork(directory: WorkDirectory, name: string): Promise<string> {
  let folder = directory.work;
  for (const part of name.split('/').slice(0, -1)) {
    folder = join(folder, part);
    await directory.makeFolder(folder).catch(ignoreExisting);
  }
  return join(directory.work, name);
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
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
  for (const part of path.split('/')) {
    made = join(made, part);
    await directory.makeFolder(made).catch(ignoreExisting);
  }
  return made;
}

async function existingDirectory(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (!found) throw new CodedError('spawn_error', `cwd ${path} does not exist`);
  if (!found.isDirectory()) throw new CodedError('spawn_error', `cwd ${path} is not a directory`);
  return path;
}
