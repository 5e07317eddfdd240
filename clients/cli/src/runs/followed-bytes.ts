// The bytes of one stream of a run while it is alive, to its end: none lost and none twice when the connection or the server is lost meanwhile.
import type { IncomingMessage } from 'node:http';
import { exitCodes, Failure } from '../failure.js';
import { bytesOf, type Connection } from '../http/connection.js';
import { Patience, persistently } from '../http/patience.js';
import { refusal } from '../http/refusal.js';
import { chunksOf } from './download.js';
import { hasEnded, type RunRecord, runPath } from './run-record.js';

/** RFC 8673: a last position that no content reaches asks for what is there and for what will come. */
const liveEnd = Number.MAX_SAFE_INTEGER;
/** How long the end of a run is awaited whose stream has ended, before the stream is read again. */
const endSeconds = 1;

export interface Followed {
  connection: Connection;
  id: string;
  /** The attempt of the run that is followed: a run that was lost may be tried again, and its output begins anew. */
  attempt: number;
  /** Whether the bytes of the next attempt follow, or are a failure. */
  takesNextAttempt?: boolean;
  /** Takes ranges; undefined: there is no such route. */
  rangedPath?: string;
  /** Sends all bytes from the first one on, each time: for servers without the ranged path. */
  wholePath: string;
  /** Milliseconds without the server until it counts as lost. */
  retryMs: number;
  signal: AbortSignal;
}

/** The paths of one stream of a run. */
export function streamPaths(id: string, stream: 'stdout' | 'stderr'): Pick<Followed, 'rangedPath' | 'wholePath'> {
  return { rangedPath: `${runPath(id)}${stream}/`, wholePath: `${runPath(id)}log/?stream=${stream}&follow=1` };
}

/** Where the next byte is read. */
interface Place {
  isRanged: boolean;
  attempt: number;
  offset: number;
}

/** Throws a Failure when the server stays away, when the run is gone, and when its program has started anew after a part of its output. */
export async function* followedBytes(followed: Followed): AsyncGenerator<Buffer> {
  const newPatience = () => new Patience(followed.retryMs, followed.signal);
  const patience = newPatience();
  const place: Place = { isRanged: followed.rangedPath !== undefined, attempt: followed.attempt, offset: 0 };
  for (let hadEnded = false; ; ) {
    let isWhole = false;
    if (place.offset > 0) noteAttempt(await persistently(() => recordOf(followed), newPatience()), { place, followed });
    try {
      const answer = await opened(followed, place);
      patience.succeeded();
      if (answer === 'older server') {
        place.isRanged = false;
        continue;
      }
      if (answer !== 'at its end') isWhole = yield* bytesFrom(answer, place);
    } catch (error) {
      await patience.failed(error);
      continue;
    }
    if (isWhole || hadEnded) return;
    hadEnded = hasEnded(await persistently(() => soonEnded(followed), newPatience()));
  }
}

async function opened(followed: Followed, place: Place): Promise<IncomingMessage | 'older server' | 'at its end'> {
  const { connection, rangedPath, wholePath, signal } = followed;
  const { isRanged } = place;
  const path = isRanged ? (rangedPath as string) : wholePath;
  const range = isRanged && place.offset > 0 && { range: `bytes=${place.offset}-${liveEnd}` };
  const answer = await connection.any({ path, headers: { accept: '*/*', ...range }, signal });
  const status = answer.statusCode as number;
  if (status < 300) return answer;
  if (status === 416) return answer.resume() && 'at its end';
  const text = (await bytesOf(answer)).toString();
  // an unknown run and an unknown route look alike
  if (isRanged && [404, 405].includes(status) && (await recordOf(followed))) return 'older server';
  throw refusal(answer, text, connection.server);
}

/** Moves `place` on. Returns whether the answer says that the stream ends with it. Throws an unavailable Failure when the connection breaks. */
async function* bytesFrom(answer: IncomingMessage, place: Place): AsyncGenerator<Buffer, boolean> {
  let before = place.offset - firstOf(answer);
  if (before < 0) throw new Failure(`the server sends the output from byte ${firstOf(answer)} on in place of ${place.offset}`);
  for await (const chunk of chunksOf(answer)) {
    const fresh = chunk.subarray(Math.min(before, chunk.length));
    before -= chunk.length - fresh.length;
    if (fresh.length === 0) continue;
    place.offset += fresh.length;
    yield fresh;
  }
  return (answer.trailers['end-reason'] ?? answer.headers['end-reason']) !== undefined;
}

/** The position of the first byte of the answer. */
function firstOf({ statusCode, headers }: IncomingMessage): number {
  return statusCode === 206 ? Number(/^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1] ?? 0) : 0;
}

function recordOf({ connection, id, signal }: Followed): Promise<RunRecord> {
  return connection.json<RunRecord>({ path: runPath(id), signal });
}

function soonEnded({ connection, id, signal }: Followed): Promise<RunRecord> {
  return connection.json<RunRecord>({ path: `${runPath(id)}wait/?timeout=${endSeconds}`, signal });
}

function noteAttempt({ id, attempt }: RunRecord, { place, followed }: { place: Place; followed: Followed }): void {
  if (attempt === place.attempt) return;
  if (followed.takesNextAttempt) {
    Object.assign(place, { attempt, offset: 0 });
    return;
  }
  throw new Failure(`run ${id} was lost and has started again, after a part of its output had come`, {
    exitCode: exitCodes.unavailable,
    hint: `procreg logs -f ${id}`,
  });
}
