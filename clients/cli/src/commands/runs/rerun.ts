// Repeats a run, and follows it as `run` does.
import { randomUUID } from 'node:crypto';
import type { ProcessDefinition } from '../../../../../src/model/definition.js';
import type { Act } from '../../command-row.js';
import { exitCodes, Failure } from '../../failure.js';
import type { Connection } from '../../http/connection.js';
import { needsNewerServer } from '../../http/needs-newer-server.js';
import { Patience, persistently, retryMs } from '../../http/patience.js';
import { Refusal } from '../../http/refusal.js';
import { readRun } from '../../runs/find-run.js';
import { asRunFailure } from '../../runs/follow-run.js';
import { definitionPath, type ResultSource, resultSource } from '../../runs/known-definition.js';
import { type RunRecord, runPath } from '../../runs/run-record.js';
import { givenParameters, isFileParameter, jsonValue } from '../run/parameters.js';
import { type StartOptions, startAndFollow } from '../run/start-and-follow.js';

export const rerun: Act = async ({ connection }, [text, ...words], options: StartOptions & { now?: boolean }) => {
  try {
    const former = await readRun(connection, text);
    const json = { revision: options.now ? 'now' : 'then', parameters: await replaced(connection, former, words) };
    const key = options.key ?? randomUUID();
    const send = () =>
      connection.json<RunRecord>({ method: 'POST', path: `${runPath(former.id)}rerun/`, json, headers: { 'idempotency-key': key } });
    return await startAndFollow(connection, {
      options,
      isLarge: false,
      start: (signal) => persistently(send, new Patience(retryMs(), signal)).catch((error) => refuseOlder(connection, error)),
      source: (record) => sourceOf(connection, record),
    });
  } catch (error) {
    throw asRunFailure(error);
  }
};

/** The former run was found a moment ago: what is missing is the route. */
async function refuseOlder(connection: Connection, error: unknown): Promise<never> {
  const isMissing = error instanceof Refusal && [404, 405].includes(error.status) && /nothing at this address/.test(error.message);
  throw isMissing ? await needsNewerServer(connection, 'procreg rerun', exitCodes.refused) : error;
}

async function replaced(connection: Connection, former: RunRecord, words: string[]): Promise<Record<string, unknown>> {
  if (words.length === 0) return {};
  const definition = await definitionOf(connection, former);
  if (definition === undefined) throw new Failure('this run has no definition any more whose parameters could be replaced');
  // what is not replaced stays as it was
  const optional = { ...definition, parameters: { ...definition.parameters, required: [] } };
  const given = givenParameters(former.definition_name ?? former.id, optional, words);
  const file = given.find(isFileParameter);
  if (file) throw new Failure(`--${file.name} is a file; a rerun uses the files of the former run`, { exitCode: exitCodes.refused });
  return Object.fromEntries(given.map((one) => [one.name, jsonValue(one)]));
}

/** What cannot be known before the end is read at the end: of a command, and of a definition that was removed. */
async function sourceOf(connection: Connection, record: RunRecord): Promise<ResultSource> {
  const definition = await definitionOf(connection, record);
  return definition === undefined ? 'end' : resultSource(definition);
}

/** The revision of the definition that the run has; undefined when it cannot be read any more. */
async function definitionOf(connection: Connection, { definition, revision }: RunRecord): Promise<ProcessDefinition | undefined> {
  const number = /(\d+)\/?$/.exec(definition ?? '')?.[1];
  if (number === undefined) return undefined;
  const path = revision === null ? definitionPath(number) : `${definitionPath(number)}revisions/${revision}/`;
  const found = await connection.json<{ definition: ProcessDefinition }>({ path }).catch(() => undefined);
  return found?.definition;
}
