// Starts a run by execute/: once, also when the answer is lost on its way.

import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { chooseOutput, isFile } from '../../../../../src/model/adapter-choice.js';
import type { ProcessDefinition } from '../../../../../src/model/definition.js';
import { fileNameFault } from '../../../../../src/model/file-names.js';
import { exitCodes, Failure } from '../../failure.js';
import type { Connection } from '../../http/connection.js';
import { fileSource } from '../../http/file-source.js';
import { type FormPart, formBody } from '../../http/form-body.js';
import { needsNewerServer } from '../../http/needs-newer-server.js';
import { isWorthRetry, Patience, persistently } from '../../http/patience.js';
import { Refusal } from '../../http/refusal.js';
import { definitionPath, takesMessage, takesMessageAsFile } from '../../runs/known-definition.js';
import type { RunRecord } from '../../runs/run-record.js';
import { fileFault } from '../../terminal/file-fault.js';
import { Progress } from '../../terminal/progress.js';
import type { Message } from './message.js';
import { type GivenParameter, isFileParameter, jsonValue } from './parameters.js';

export interface WantedRun {
  name: string;
  definition: ProcessDefinition;
  given: GivenParameter[];
  message?: Message;
  /** Seconds. */
  timeout?: string;
  priority?: string;
  /** The name of the file into which the result will be written. */
  outputName?: string;
  /** An Idempotency-Key of the user. */
  key?: string;
  retryMs: number;
  signal: AbortSignal;
}

interface Body {
  contentType?: string;
  length?: number;
  isRepeatable: boolean;
  open: () => Readable | Buffer;
}

/** More of an address is not taken by servers, of which 16 KiB with all headers are the most that ours takes. */
const addressCharacters = 4000;

/** Returns the record of the run as it was accepted. */
export async function startRun(connection: Connection, wanted: WantedRun): Promise<RunRecord> {
  const switches = switchesOf(wanted);
  const inQuery = queryOf(wanted);
  const body = inQuery ? rawBody(wanted.message) : isPlain(wanted) ? jsonBody(wanted.given) : partsBody(wanted);
  const path = `${definitionPath(wanted.name)}execute/?${new URLSearchParams([...switches, ...(inQuery ?? [])])}`;
  const key = wanted.key ?? (body.isRepeatable ? randomUUID() : undefined);
  const send = () => sendStart(connection, { path, body, key, signal: wanted.signal });
  const started = body.isRepeatable ? persistently(send, new Patience(wanted.retryMs, wanted.signal)) : send();
  return started.catch(async (error) => {
    const [, unknown] = (error instanceof Refusal && /^parameter '-([a-z_]+)' is not a declared parameter/.exec(error.message)) || [];
    if (unknown !== undefined)
      throw await needsNewerServer(connection, `procreg run with ${optionOf[unknown] ?? `-${unknown}`}`, exitCodes.refused);
    throw !body.isRepeatable && isWorthRetry(error) ? notRepeated(error) : error;
  });
}

/** Which option of ours a switch of the address comes from; servers before 0.2 take it for a parameter. */
const optionOf: Record<string, string> = { timeout: '--timeout', priority: '--priority', input_file: '-i', output_file: '-o' };

async function sendStart(
  connection: Connection,
  { path, body, key, signal }: { path: string; body: Body; key?: string; signal: AbortSignal },
): Promise<RunRecord> {
  const headers = {
    prefer: 'respond-async',
    ...(key !== undefined && { 'idempotency-key': key }),
    ...(body.contentType !== undefined && { 'content-type': body.contentType }),
    ...(body.length !== undefined && { 'content-length': body.length }),
  };
  const content = body.open();
  if (Buffer.isBuffer(content)) return connection.json<RunRecord>({ method: 'POST', path, headers, body: content, signal });
  const shown = body.length === undefined ? content : content.compose(new Progress('uploading', body.length).counting());
  try {
    return await connection.json<RunRecord>({ method: 'POST', path, headers, body: shown as Readable, signal });
  } finally {
    content.destroy();
  }
}

function notRepeated({ message, exitCode }: Failure): Failure {
  return new Failure(`${message}; the message came from a pipe, so that it is not sent again`, {
    exitCode,
    hint: 'procreg ps says whether the run has started; a message of -i FILE is sent again',
  });
}

function switchesOf({ timeout, priority, message, outputName, definition }: WantedRun): [string, string][] {
  const inputName = takesMessageAsFile(definition) ? message?.name : undefined;
  const result = isFile(chooseOutput(definition)) ? outputName : undefined;
  const all: [string, string | undefined][] = [
    ['-timeout', timeout],
    ['-priority', priority],
    ['-input_file', nameOrNone(inputName)],
    ['-output_file', nameOrNone(result)],
  ];
  return all.filter((one): one is [string, string] => one[1] !== undefined);
}

/** Some names of files are not taken, and the program can do without. */
const nameOrNone = (name: string | undefined) => (name === undefined || name === '-' || fileNameFault(name) ? undefined : name);

const isPlain = ({ definition, given }: WantedRun) => !takesMessage(definition) && !given.some(isFileParameter);

/** The parameters in the address, where a message needs the body; undefined where they belong elsewhere. */
function queryOf({ definition, given }: WantedRun): [string, string][] | undefined {
  if (!takesMessage(definition)) return undefined;
  if (given.some((one) => isFileParameter(one) || one.schema.secret)) return undefined;
  const query = given.flatMap(({ name, values }) => values.map((value): [string, string] => [name, String(value)]));
  return String(new URLSearchParams(query)).length > addressCharacters ? undefined : query;
}

function rawBody(message: Message | undefined): Body {
  if (message === undefined || message.bytes === 0) return { isRepeatable: true, open: () => Buffer.alloc(0) };
  return { length: message.bytes, isRepeatable: message.isRepeatable, open: message.open };
}

function jsonBody(given: GivenParameter[]): Body {
  if (given.length === 0) return rawBody(undefined);
  const content = Buffer.from(JSON.stringify(Object.fromEntries(given.map((one) => [one.name, jsonValue(one)]))));
  return { contentType: 'application/json', isRepeatable: true, open: () => content };
}

function partsBody({ given, message }: WantedRun): Body {
  const parts = given.flatMap((one) => one.values.map((value) => partOf(one, String(value))));
  if (message && message.bytes !== 0)
    parts.push({ name: 'message', filename: nameOrNone(message.name) ?? 'message', content: message.open, bytes: message.bytes });
  const isOnce = parts.some(({ content, bytes }) => typeof content !== 'string' && bytes === undefined);
  return { ...formBody(parts), isRepeatable: !isOnce };
}

/** A file by its path, with or without @; what an earlier run has left is a text. */
function partOf(parameter: GivenParameter, value: string): FormPart {
  const { name } = parameter;
  if (!isFileParameter(parameter) || /^run:[^/]+\/(output$|files\/)/.test(value)) return { name, content: value };
  const path = value.replace(/^@/, '');
  try {
    const { open, bytes } = fileSource(path);
    return { name, content: open, filename: nameOrNone(basename(path)) ?? 'file', bytes };
  } catch (error) {
    throw new Failure(`--${name}: ${path} ${fileFault(error)}`, { exitCode: exitCodes.refused });
  }
}
