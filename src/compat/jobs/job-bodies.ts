// The bodies of the jobs interface: for creating a job and for starting it.

import { isObject } from '../../http/json-body.js';
import { CodedError } from '../../model/coded-error.js';
import type { ProcessDefinition } from '../../model/definition.js';
import { relativePathFault, withoutEndingSlashes } from '../../model/file-names.js';
import { escapeTemplate } from '../../model/placeholders.js';
import type { AgentChoice } from './agent-identity.js';

const nameLength = 255;

export interface NewJob {
  agent: AgentChoice;
  name: string;
}

/** Throws invalid_request. */
export function readNewJob({ agent, name, ...rest }: Record<string, unknown>): NewJob {
  refuseOthers(rest, ['agent', 'name']);
  if (typeof name !== 'string' || name.length > nameLength) throw invalid(`name must be text of at most ${nameLength} characters`);
  return { agent: readAgent(agent), name: name === '' ? '<unnamed job>' : name };
}

function readAgent(agent: unknown): AgentChoice {
  const { type, uid, uids, address, token } = isObject(agent) ? agent : {};
  if (type === 'uid' && typeof uid === 'string' && uid !== '') return { type, uid };
  if (type === 'select' && isTexts(uids) && uids.length > 0) return { type, uids };
  if (type === 'address' && typeof address === 'string' && typeof token === 'string') return { type, address, token };
  throw invalid(
    'agent must be {"type": "uid", "uid": …}, {"type": "select", "uids": […]} or {"type": "address", "address": …, "token": …}',
  );
}

export interface JobStart {
  args: string[];
  env: Record<string, string>;
  cwd?: string;
  /** The program will report the port on which it listens. */
  awaitsPort: boolean;
  /** Whether an agent of pRouter prints stdout; this server keeps the output in any case. */
  forwardStdout: boolean;
}

const startKeys = ['args', 'env', 'cwd', 'port_expected_count', 'forward_stdout', 'name'];

/** `name`, which pRouter's README mentions, has no effect. Throws invalid_request. */
export function readJobStart(body: Record<string, unknown>): JobStart {
  const { args, env, cwd = null, port_expected_count: ports = 1, forward_stdout = false, name: _name, ...rest } = body;
  refuseOthers(rest, startKeys);
  if (!isTexts(args) || args.length === 0 || args[0] === '') throw invalid('args must be a list of texts that begins with the program');
  if (args.some((argument) => argument.includes('\0'))) throw invalid('args must not contain NUL');
  if (ports !== 0 && ports !== 1) throw invalid('port_expected_count must be 0 or 1: one call-back brings one port');
  if (typeof forward_stdout !== 'boolean') throw invalid('forward_stdout must be true or false');
  return {
    args,
    env: readEnvironment(env),
    ...(cwd !== null && { cwd: readFolder(cwd) }),
    awaitsPort: ports === 1,
    forwardStdout: forward_stdout,
  };
}

function readEnvironment(env: unknown): Record<string, string> {
  if (!isObject(env)) throw invalid('env must be an object');
  for (const [name, value] of Object.entries(env)) {
    if (name === '' || /[=\p{Cc}]/u.test(name)) throw invalid(`env has the name ${JSON.stringify(name)}, which no variable can have`);
    if (typeof value !== 'string' || value.includes('\0')) throw invalid(`env.${name} must be text without NUL`);
  }
  return env as Record<string, string>;
}

function readFolder(cwd: unknown): string {
  if (typeof cwd !== 'string') throw invalid('cwd must be text or null');
  const path = withoutEndingSlashes(cwd.replace(/^(\.\/+)+/, ''));
  const fault = path === '' || path === '.' ? undefined : relativePathFault(path);
  if (cwd.startsWith('/') || fault) throw invalid(`cwd '${cwd}' ${fault ?? 'is absolute'}; it must lie in the folder of the job`);
  return cwd;
}

/** The definition of the run: args and env are passed unchanged. */
export function commandOf({ args: [exec, ...argv], env, cwd }: JobStart): ProcessDefinition {
  return {
    exec,
    argv: argv.map(escapeTemplate),
    environment: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, escapeTemplate(value)])),
    input_adapter: { input_type: 'none' },
    ...(cwd !== undefined && { cwd: escapeTemplate(cwd) }),
  };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}

function refuseOthers(rest: Record<string, unknown>, known: string[]): void {
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw invalid(`'${unknown}' is no key here; known are ${known.join(', ')}`);
}

function invalid(what: string): CodedError {
  return new CodedError('invalid_request', `Invalid request payload: ${what}`);
}
