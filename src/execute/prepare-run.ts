// Creates the context of a run: its directory, its cwd, the files that came with the request, and the values known so far.
import { join } from 'node:path';
import { chooseInput, chooseOutput } from '../model/adapter-choice.js';
import { controlDirectory } from '../model/control-directory.js';
import { declaredParameters, isFileList } from '../model/definition.js';
import type { ResourceScope } from '../model/resource-scope.js';
import type { UploadedFile } from '../model/run-order.js';
import type { RunTask } from '../model/run-task.js';
import { namedUser } from './directories/run-users.js';
import type { WorkDirectory } from './directories/work-directories.js';
import { placeDefinitionFiles } from './files/definition-files.js';
import { copyInto, makeFolders } from './files/safe-create.js';
import { programDirectory } from './files/working-directory.js';
import { typedChoice } from './input/typed-input.js';
import type { FirstEndReason } from './run/end-reason.js';
import type { ExecutorSettings } from './run/executor-settings.js';
import { limitsOf } from './run/limits.js';
import type { ResumeState } from './run/resume-state.js';
import type { RunContext } from './run/run-context.js';

/** Throws run_as_refused, and errors of the system. */
export async function prepareRun(task: RunTask, means: RunMeans): Promise<RunContext> {
  const { workDirectories, runAsUsers } = means.settings;
  const { run_as } = task.order.definition;
  const directory = await workDirectories.acquire(task.order, run_as === undefined ? null : namedUser(runAsUsers.find(run_as)));
  return contextOf(task, { ...means, directory, cwd: directory.work });
}

/** The context of a run that an earlier server has started. */
export function resumeRun(task: RunTask, state: ResumeState, means: RunMeans): RunContext {
  const directory = means.settings.workDirectories.reopen(task.order.runId, state);
  const context = contextOf(task, { ...means, directory, cwd: state.cwd });
  Object.assign(context.values, state.values);
  Object.assign(context, { resumed: true, pipes: state.pipes ?? [], marks: state.marks ?? {} });
  context.isolation = state.isolation ?? context.isolation;
  return context;
}

interface RunMeans {
  outcome: FirstEndReason;
  scope: ResourceScope;
  settings: ExecutorSettings;
}

interface ContextParts extends RunMeans {
  directory: WorkDirectory;
  cwd: string;
}

function contextOf({ order, message }: RunTask, { outcome, scope, directory, cwd, settings }: ContextParts): RunContext {
  return {
    order,
    message,
    input: order.interactive ? typedChoice : chooseInput(order.definition),
    output: chooseOutput(order.definition),
    directory,
    control: controlDirectory(settings.runsRoot, order.runId),
    cwd,
    limits: limitsOf(order.definition, directory.user, settings),
    values: Object.assign({ run_id: '', workdir: '' }, order.parameters, { run_id: order.runId, workdir: directory.work }),
    pipes: [],
    marks: {},
    resumed: false,
    tidied: false,
    served: false,
    isolation: settings.level,
    end: null,
    outcome,
    scope,
  };
}

/** Puts the files of the definition and the uploaded ones to their places, then creates the program's cwd. */
export async function placeInputs(context: RunContext): Promise<void> {
  await placeDefinitionFiles(context);
  await placeUploads(context);
  context.cwd = await programDirectory(context);
}

async function placeUploads(context: RunContext): Promise<void> {
  const { order, directory } = context;
  if (order.uploads.length === 0) return;
  const folder = await directory.makeFolder(join(directory.root, 'files'));
  for (const { path, name, folder: isFolder } of order.uploads.filter(({ parameter }) => parameter === undefined)) {
    if (isFolder) await makeFolders(directory, join(directory.work, name, 'any'));
    else await copyInto(directory, path, join(directory.work, name));
  }
  for (const [parameter, files] of Map.groupBy(order.uploads, ({ parameter }) => parameter)) {
    if (parameter !== undefined)
      await placeValue(context, { parameter, files, folder: await directory.makeFolder(join(folder, parameter)) });
  }
}

/** The value of the parameter becomes the path of its file, or the paths of a list, whose files may have the same name. */
async function placeValue(
  { order, directory, values }: RunContext,
  { parameter, files, folder }: { parameter: string; files: UploadedFile[]; folder: string },
): Promise<void> {
  const isList = isFileList(declaredParameters(order.definition)[parameter] ?? {});
  const places: string[] = [];
  for (const [index, { path, name }] of files.entries()) {
    const place = join(isList ? await directory.makeFolder(join(folder, String(index))) : folder, name);
    await copyInto(directory, path, place);
    places.push(place);
  }
  values[parameter] = isList ? places : places[0];
}
