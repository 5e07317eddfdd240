// Turns a stage into what the launcher needs: adapters first, since argv names their files.
import { expandArguments } from '../protocol/arguments.js';
import type { LaunchSpec } from '../worker/launcher.js';
import { adaptersOf } from './adapters-of.js';
import { programEnvironment } from './environment.js';
import type { ExecutorSettings } from './executor-settings.js';
import { launchLimits } from './limits.js';
import { resolveExecutable } from './resolve-executable.js';
import type { RunStage } from './run-stage.js';
import { type Sandbox, withSandbox } from './sandbox/sandbox.js';
import { writeNote } from './stage-note.js';

export async function prepareLaunch(stage: RunStage, settings: ExecutorSettings): Promise<LaunchSpec> {
  const { order, directory, values } = stage;
  const terminal = order.interactive?.terminal ?? null;
  const exec = resolveExecutable(order.definition.exec, settings.runPath, directory.user);
  const adapters = adaptersOf(stage);
  const stdin = await adapters.input.prepare(stage);
  await adapters.output.prepare(stage);
  const sandbox = sandboxOf(stage, settings);
  if (sandbox) stage.isolation = sandbox.network ? 'sandbox+network' : 'sandbox';
  const ownLimits = launchLimits(order.definition);
  const limits = sandbox ? withSandbox(ownLimits) : ownLimits;
  const spec: LaunchSpec = {
    runId: order.runId,
    note: writeNote(stage),
    level: settings.level,
    exec,
    argv: expandArguments(order.definition, values),
    cwd: stage.cwd,
    environment: programEnvironment(order.definition, values, {
      runPath: settings.runPath,
      passedEnvironment: settings.passedEnvironment,
      temporary: directory.temporary,
      traceparent: order.traceparent,
      hasTerminal: terminal !== null,
    }),
    user: directory.user,
    stdin,
    terminal,
    masked: settings.masked,
    kept: directory.root,
    cgroups: settings.controlGroups.enter(order.runId, limits),
    limits,
    timeoutMs: order.timeoutMs,
    graceMs: order.definition.stop?.grace === undefined ? settings.graceMs : order.definition.stop.grace * 1000,
    outputLimitBytes: order.outputLimitBytes,
  };
  return sandbox ? sandbox.by.enclose(spec, directory, sandbox.network) : spec;
}

/** Null: it runs without one, because nobody asked, or because there can be none here. */
function sandboxOf({ order, values }: RunStage, { sandbox, isolation }: ExecutorSettings): { by: Sandbox; network: boolean } | null {
  const wanted = isolation === 'sandbox' || order.isolation === 'sandbox';
  return wanted && sandbox ? { by: sandbox, network: order.hostNetwork || values.port !== undefined } : null;
}
