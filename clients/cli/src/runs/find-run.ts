// Finds the run that a user means: by its id, by the beginning of it, or @last.
import { exitCodes, Failure } from '../failure.js';
import type { Connection } from '../http/connection.js';
import { type RunPage, type RunRecord, runPath } from './run-record.js';

const wholeId = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** So short a beginning is looked for; ids begin with their time, so that shorter ones fit the runs of weeks. */
const shortestBeginning = 6;
const pageLimit = 1000;

/** Returns the id. Throws a Failure when no run, or more than one, fits. */
export async function findRun(connection: Connection, text: string): Promise<string> {
  if (text === '@last') return lastRun(connection);
  const wanted = text.toLowerCase();
  if (wholeId.test(wanted)) return wanted;
  if (!/^[0-9a-f-]+$/.test(wanted) || wanted.length < shortestBeginning)
    throw new Failure(`'${text}' is neither the id of a run, nor its beginning of at least ${shortestBeginning} characters, nor @last`, {
      exitCode: exitCodes.usage,
    });
  return oneOf(text, await runsFrom(connection, wanted));
}

/** The record of the run that `text` means. */
export async function readRun(connection: Connection, text: string): Promise<RunRecord> {
  return connection.json<RunRecord>({ path: runPath(await findRun(connection, text)) });
}

/** The caller's newest run, whoever started it: with this client or another, on this machine or another. */
async function lastRun(connection: Connection): Promise<string> {
  const { username } = await connection.json<{ username: string }>({ path: '/api/me/' });
  const query = new URLSearchParams({ owner: username, limit: '1' });
  const { objects } = await connection.json<RunPage>({ path: `/api/run/?${query}` });
  if (objects.length === 0) throw new Failure(`${username} has no run on ${connection.server.label}`);
  return objects[0].id;
}

/** Ids are UUIDs of version 7, which begin with the milliseconds since 1970; a run is recorded later than its id was created. */
async function runsFrom(connection: Connection, beginning: string): Promise<string[]> {
  const timeMs = Number.parseInt(beginning.replaceAll('-', '').slice(0, 12).padEnd(12, '0'), 16);
  const time = new Date(Math.min(timeMs, 8.64e15)).toISOString();
  const query = new URLSearchParams({ created_at__gte: time, order_by: 'created_at', limit: String(pageLimit) });
  const { objects } = await connection.json<RunPage>({ path: `/api/run/?${query}` });
  return objects.map(({ id }) => id).filter((id) => id.startsWith(beginning));
}

function oneOf(text: string, ids: string[]): string {
  if (ids.length === 0) throw new Failure(`no run begins with '${text}'`, { hint: 'procreg ps --all' });
  if (ids.length > 1) {
    const shown = ids.slice(0, 3).join(', ');
    throw new Failure(
      `${ids.length === pageLimit ? 'many' : ids.length} runs begin with '${text}': ${shown}${ids.length > 3 ? ', …' : ''}`,
      {
        exitCode: exitCodes.usage,
      },
    );
  }
  return ids[0];
}
