// Prints and follows what a run has written.
import type { Act } from '../../command-row.js';
import { exitCodes, Failure } from '../../failure.js';
import type { Connection } from '../../http/connection.js';
import { needsNewerServer } from '../../http/needs-newer-server.js';
import { retryMs } from '../../http/patience.js';
import { chunksOf } from '../../runs/download.js';
import { readRun } from '../../runs/find-run.js';
import { pour } from '../../runs/follow-run.js';
import { followedBytes } from '../../runs/followed-bytes.js';
import { signalCode } from '../../runs/run-end.js';
import { runPath } from '../../runs/run-record.js';
import { secondsOf } from '../../terminal/durations.js';
import { DescriptorSink, ReaderGone } from '../../terminal/sink.js';

interface LogOptions {
  follow?: boolean;
  stream?: string;
  since?: string;
  timestamps?: boolean;
}

export const logs: Act = async ({ connection }, [text], options: LogOptions) => {
  const { id, attempt } = await readRun(connection, text);
  const query = queryOf(options);
  await refuseOlder(connection, id, options);
  const path = `${runPath(id)}log/?${query}`;
  try {
    if (options.follow) {
      const { signal } = new AbortController();
      const followed = { connection, id, attempt, takesNextAttempt: true, wholePath: path, retryMs: retryMs(), signal };
      await pour(followedBytes(followed), new DescriptorSink(1));
    } else {
      await pour(chunksOf(await connection.open({ path, headers: { accept: 'text/plain' } })), new DescriptorSink(1));
    }
    return 0;
  } catch (error) {
    if (error instanceof ReaderGone) return signalCode('SIGPIPE');
    throw error;
  }
};

function queryOf({ follow, stream, since, timestamps }: LogOptions): URLSearchParams {
  if (stream !== undefined && !['stdout', 'stderr'].includes(stream))
    throw new Failure(`--stream takes stdout or stderr, got '${stream}'`, { exitCode: exitCodes.usage });
  return new URLSearchParams({
    ...(stream && { stream }),
    ...(follow && { follow: '1' }),
    ...(since && { since: timeOf(since) }),
    ...(timestamps && { timestamps: '1' }),
  });
}

/** A time of the past stays the same when the log is asked for again. */
function timeOf(text: string): string {
  if (/^\d+(\.\d+)?[smhd]?$/.test(text)) return new Date(Date.now() - Number(secondsOf(text)) * 1000).toISOString();
  const timeMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(timeMs)) return new Date(timeMs).toISOString();
  throw new Failure(`--since takes a time such as 2026-01-31T12:00:00Z, or 10m, got '${text}'`, { exitCode: exitCodes.usage });
}

/** A server that knows neither would ignore them silently; one that knows them has stdout/ as well. */
async function refuseOlder(connection: Connection, id: string, { since, timestamps }: LogOptions): Promise<void> {
  if (since === undefined && !timestamps) return;
  const answer = await connection.any({ method: 'HEAD', path: `${runPath(id)}stdout/` });
  answer.resume();
  const { statusCode = 0 } = answer;
  if ([404, 405].includes(statusCode)) throw await needsNewerServer(connection, `procreg logs ${timestamps ? '--timestamps' : '--since'}`);
}
