// Lanes: queues with a limit of active runs.
import type { Act } from '../../command-row.js';
import { exitCodes, Failure } from '../../failure.js';
import type { Connection } from '../../http/connection.js';
import { segment } from '../../http/segment.js';
import { type Listed, printLine, printList } from '../../terminal/table.js';

export interface Lane {
  name: string;
  /** 0: none. */
  limit: number;
  running: number;
  queued: number;
  done: number;
  failed: number;
}

export async function readLanes(connection: Connection): Promise<Lane[]> {
  return (await connection.json<{ objects: Lane[] }>({ path: '/api/lane/' })).objects;
}

export const laneHead = ['LANE', 'LIMIT', 'RUNNING', 'QUEUED', 'DONE', 'FAILED'];
export const laneCells = ({ name, limit, running, queued, done, failed }: Lane) => [
  name,
  limit === 0 ? 'none' : String(limit),
  ...[running, queued, done, failed].map(String),
];

export const list: Act = async ({ connection }, _operands, listed: Listed) => {
  const all = await readLanes(connection);
  printList(laneHead, all.map(laneCells), { ...listed, all });
  return 0;
};

export const set: Act = async ({ connection, server }, [name, text]) => {
  const limit = text === 'none' ? 0 : Number(text);
  if (text === '' || Number.isNaN(limit)) throw new Failure(`a limit is a number or none, not '${text}'`, { exitCode: exitCodes.usage });
  await connection.json({ method: 'PATCH', path: `/api/lane/${segment(name)}/`, json: { limit } });
  printLine(`lane ${name} on ${server.label}: limit ${text}, until the server ends`);
  return 0;
};
