// What a run would do, without starting it: the resolved command, its files, limits and adapters.
import { chooseInput, chooseOutput } from '../model/adapter-choice.js';
import { expandArguments, expandText } from '../model/arguments.js';
import { CodedError } from '../model/coded-error.js';
import type { ProcessDefinition } from '../model/definition.js';
import { definitionFiles, executableFile } from '../model/definition-files.js';
import { hiddenValues, shownValues } from '../model/redact.js';
import { type RunOrder, unlimitedBytes } from '../model/run-order.js';
import type { RunPlan } from '../model/run-plan.js';
import { adaptersOf } from './adapters/adapters-of.js';
import { namedUser, type RunUser } from './directories/run-users.js';
import { resolveExecutable } from './resolve-executable.js';
import { programEnvironment, seenUser } from './run/environment.js';
import type { ExecutorSettings } from './run/executor-settings.js';
import { statedLimits, treeMemoryBytes } from './run/limits.js';

/** Paths that only a run has are shown as their placeholders, secrets as ***. Throws the error that the start would fail with. */
export function explain(order: RunOrder, settings: ExecutorSettings): RunPlan {
  const { definition } = order;
  const values = shownValues(definition, order.parameters);
  const user = userOf(definition, settings);
  const input = chooseInput(definition);
  const output = chooseOutput(definition);
  adaptersOf({ input, output });
  return {
    exec: executableOf(definition, settings, user),
    ...(user?.named && { run_as: user.named.name }),
    argv: expandArguments(definition, values),
    cwd: definition.cwd === undefined ? '${workdir}' : expandText(definition.cwd, values),
    environment: programEnvironment(definition, values, {
      ...settings,
      // the values that the server passes on are known to the administrator only
      passedEnvironment: hiddenValues(settings.passedEnvironment),
      temporary: '${tmpdir}',
      user: user?.named && seenUser(user.named, settings.isolation === 'sandbox'),
    }),
    ...(definition.files && { files: shownFiles(definition) }),
    input,
    output,
    timeout: order.timeoutMs / 1000,
    limits: {
      ...statedLimits(definition, settings.bounds),
      treeMemoryBytes: treeMemoryBytes(definition),
      outputBytes: order.outputLimitBytes === unlimitedBytes ? null : order.outputLimitBytes,
    },
  };
}

/** Why the program of a definition could not be started now, as a sentence; null: nothing is in the way. */
export function programFault(definition: ProcessDefinition, settings: ExecutorSettings): string | null {
  try {
    executableOf(definition, settings, userOf(definition, settings));
    return null;
  } catch (error) {
    if (error instanceof CodedError) return error.message;
    throw error;
  }
}

/** The user that the definition names; throws run_as_refused. */
function userOf({ run_as: name }: ProcessDefinition, { runAsUsers }: ExecutorSettings): RunUser | null {
  return name === undefined ? null : namedUser(runAsUsers.find(name));
}

function executableOf(definition: ProcessDefinition, { runPath, workDirectories }: ExecutorSettings, user: RunUser | null): string {
  const file = executableFile(definition);
  return file === undefined ? resolveExecutable(definition.exec, runPath, user ?? workDirectories.users.sample) : `\${workdir}/${file}`;
}

function shownFiles(definition: ProcessDefinition): RunPlan['files'] {
  return definitionFiles(definition).map(({ path, content, mode }) => ({ path, bytes: content.length, mode: `0${mode.toString(8)}` }));
}
