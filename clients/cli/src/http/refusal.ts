// What a refusing answer of the server means: one line, a hint, an exit code.
import type { IncomingMessage } from 'node:http';
import { exitCodes, Failure } from '../failure.js';
import type { ChosenServer } from '../profiles/choose-server.js';

export interface Fault {
  path?: string;
  message?: string;
}

interface Problem {
  code?: string;
  title?: string;
  detail?: string;
  /** The same as a sentence; the only one in the errors of the registry. */
  error?: string;
  /** Every fault of the request at once. */
  faults?: Fault[];
}

/** A refusal with the code of docs/errors.md, for commands that decide by it. */
export class Refusal extends Failure {
  readonly status: number;
  readonly code?: string;
  readonly faults: Fault[];

  constructor(message: string, more: { exitCode: number; hint?: string; status: number; code?: string; faults?: Fault[] }) {
    super(message, more);
    this.status = more.status;
    this.code = more.code;
    this.faults = more.faults ?? [];
  }
}

export function refusal(
  { statusCode = 0, headers }: Pick<IncomingMessage, 'statusCode' | 'headers'>,
  text: string,
  server: ChosenServer,
): Refusal {
  const problem = problemOf(text);
  const { code, faults } = problem;
  const more = { status: statusCode, code, faults, exitCode: exitCodeOf(statusCode), hint: hintOf(statusCode, server) };
  const location = statusCode < 400 && headers.location ? ` (it leads to ${headers.location})` : '';
  if (code === undefined) return new Refusal(`${server.label} answered ${statusCode}${location}`, more);
  return new Refusal(sentenceOf(problem), more);
}

function problemOf(text: string): Problem {
  try {
    const problem = JSON.parse(text);
    return typeof problem === 'object' && problem !== null ? problem : {};
  } catch {
    return {};
  }
}

function sentenceOf({ code, title, detail, error, faults = [] }: Problem): string {
  const sentence = detail ?? error ?? title;
  const more = faults.filter(({ message = '' }) => !sentence?.includes(message));
  const said = more.map(({ path, message }) => `\n  ${path ? `${path}: ` : ''}${message}`);
  return `${sentence === undefined ? code : `${sentence} (${code})`}${said.join('')}`;
}

/** 502, 503, 504 and 429 are worth a retry. */
function exitCodeOf(status: number): number {
  return status >= 500 || status === 429 ? exitCodes.unavailable : exitCodes.failed;
}

function hintOf(status: number, { url, socketFolder }: ChosenServer): string | undefined {
  if (status === 401 && socketFolder === undefined) return `procreg login ${url}`;
  return status >= 300 && status < 400 ? 'is the URL right?' : undefined;
}
