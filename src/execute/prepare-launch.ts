// Turns a run context into what the launcher needs: adapters first, since argv names their files.
import { isAbsolute, join } from 'node:path';
import { listens } from '../model/adapter-choice.js';
import { expandArguments } from '../model/arguments.js';
import { CodedError } from '../model/coded-error.js';
import type { ProcessDefinition } from '../model/definition.js';
import { executableFile } from '../model/definition-files.js';
import { inputBound } from '../model/input-bound.js';
import type { LaunchSpec } from '../worker/launcher.js';
import { adaptersOf } from './adapters/adapters-of.js';
import { copyInto } from './files/safe-create.js';
import { refuseServersPort } from './io/port-connection.js';
import { freePort } from './io/port-owner.js';
import { resolveExecutable } from './resolve-executable.js';
import { programEnvironment, seenUser } from './run/environment.js';
import type { ExecutorSettings } from './run/executor-settings.js';
import { encodeResumeState } from './run/resume-state.js';
import type { RunContext } from './run/run-context.js';
import { type Sandbox, withSandbox } from './sandbox/sandbox.js';

/** The stop signal of a definition, as the system names it. */
export function stopSignal({ stop }: ProcessDefinition): string {
  return `SIG${(stop?.signal ?? 'TERM').replace(/^SIG/, '')}`;
}

/** How a stop begins, also at a timeout, and when KILL follows. */
export function stopTerms(definition: ProcessDefinition, { graceMs }: ExecutorSettings): Pick<LaunchSpec, 'stopSignal' | 'graceMs'> {
  const grace = definition.stop?.grace;
  return { stopSignal: stopSignal(definition), graceMs: grace === undefined ? graceMs : grace * 1000 };
}

export async function prepareLaunch(context: RunContext, settings: ExecutorSettings): Promise<LaunchSpec> {
  const { order, directory, values } = context;
  const terminal = order.interactive?.terminal ?? null;
  const exec = resolveExecutable(executableOf(context), settings.runPath, directory.user);
  const adapters = adaptersOf(context);
  refuseServersPort(context, settings.ownAddresses);
  const offered = await adapters.input.prepare(context).catch(withReason('input_error'));
  const stdin = await ownStdin(context, offered, settings);
  await adapters.output.prepare(context).catch(withReason('output_error'));
  if (listens(order.definition)) values.port ??= await freePort();
  const sandbox = sandboxOf(context, settings);
  if (sandbox) context.isolation = sandbox.network ? 'sandbox+network' : 'sandbox';
  const [limits, ofTree] = [context.limits.ofEach, context.limits.ofTree].map((own) => (sandbox ? withSandbox(own) : own));
  const spec: LaunchSpec = {
    runId: order.runId,
    note: encodeResumeState(context),
    level: settings.level,
    exec,
    argv: expandArguments(order.definition, values),
    cwd: context.cwd,
    environment: programEnvironment(order.definition, values, {
      runPath: settings.runPath,
      passedEnvironment: settings.passedEnvironment,
      temporary: directory.temporary,
      user: directory.user?.named && seenUser(directory.user.named, sandbox !== null),
      traceparent: order.traceparent,
      hasTerminal: terminal !== null,
    }),
    user: directory.user,
    stdin,
    pipes: context.pipes,
    holdPipes: order.definition.process_type === 'service',
    terminal,
    masked: settings.masked,
    kept: directory.root,
    cgroups: settings.controlGroups.enter(order.runId, ofTree),
    limits,
    timeoutMs: order.timeoutMs,
    ...stopTerms(order.definition, settings),
    outputLimitBytes: order.outputLimitBytes,
  };
  return sandbox ? sandbox.by.enclose(spec, directory, sandbox.network) : spec;
}

/** A program that runs as the user of the server could open its stdin again and change what the run keeps: it gets a copy. */
async function ownStdin(
  { order: { message, definition }, directory }: RunContext,
  stdin: LaunchSpec['stdin'],
  { keptInputBytes }: ExecutorSettings,
): Promise<LaunchSpec['stdin']> {
  if (directory.user !== null || typeof stdin === 'string' || !('file' in stdin) || message.kind !== 'file') return stdin;
  const { bytes = 0 } = message;
  if (bytes > inputBound(definition, keptInputBytes)) return stdin;
  const file = join(await directory.makeFolder(join(directory.root, 'in')), 'stdin');
  await copyInto(directory, stdin.file, file);
  return { file };
}

/** Null: the program runs without a sandbox, because nobody asked for one, or because this server cannot create one. */
function sandboxOf({ order, values }: RunContext, { sandbox, isolation }: ExecutorSettings): { by: Sandbox; network: boolean } | null {
  const wanted = isolation === 'sandbox' || order.isolation === 'sandbox';
  return wanted && sandbox ? { by: sandbox, network: order.hostNetwork || values.port !== undefined } : null;
}

/** The executable, which may be a file of the definition. A command that is not from a stored definition may be a file in the run's cwd. */
function executableOf({ order: { definition, definitionId, trial }, cwd, directory }: RunContext): string {
  const { exec } = definition;
  const file = executableFile(definition);
  if (file !== undefined) return join(directory.work, file);
  return definitionId === null && !trial && exec.includes('/') && !isAbsolute(exec) ? join(cwd, exec) : exec;
}

/** An error that an adapter throws itself gets the reason of its side; a system error keeps its code. */
function withReason(reason: 'input_error' | 'output_error'): (error: Error & { code?: string }) => never {
  return (error) => {
    throw error.code === undefined ? new CodedError(reason, error.message) : error;
  };
}
