// Handles ?stream=1: sends the output of the program as it is written, with the exit code in a trailer; cuts the connection on failure.
// The head is sent with the first byte, or after a second: a failure until then is an ordinary response.
import type { FastifyReply } from 'fastify';
import { sendLive } from '../http/send-bytes.js';
import { outputUri } from '../http/urls.js';
import { chooseOutput, isStream } from '../model/adapter-choice.js';
import type { ProcessDefinition } from '../model/definition.js';
import type { LogSource } from '../model/log-source.js';
import { logUntil } from '../model/log-until.js';
import { readStream } from '../model/read-frames.js';
import { logStream } from '../results/log-stream.js';
import type { ActiveRun } from '../runs/active-run.js';
import type { ParkedRun } from '../runs/parked-run.js';

const silenceMs = 1000;

type StreamedRun = ActiveRun | ParkedRun;

/** Undefined when the output is not a stream: a file is only complete at the end. */
export function streamedOutput(definition: ProcessDefinition): 'stdout' | 'stderr' | undefined {
  const output = chooseOutput(definition);
  if (!isStream(output)) return undefined;
  return output.parameters.stream_name === 'STDERR' ? 'stderr' : 'stdout';
}

/** False when the run ended soon, without output and without success: then an ordinary response is still possible. */
export async function sendStream(
  reply: FastifyReply,
  run: StreamedRun,
  { id, stream }: { id: string; stream: 'stdout' | 'stderr' },
): Promise<boolean> {
  const late = AbortSignal.timeout(silenceMs);
  if (!(await saysAnything(logUntil(run.openLog(), late), stream)) && !late.aborted) {
    if (!(await run.finished())?.success) return false;
  }
  void reply.code(200).header('content-type', 'application/octet-stream').header('content-location', outputUri(id));
  void reply.header('run-id', id).header('content-security-policy', "sandbox; default-src 'none'");
  // HTTP/1.0 knows no chunks, and so no trailers: there the end of the connection ends the body
  if (reply.request.raw.httpVersion !== '1.0') reply.trailer('exit-code', async () => String((await run.finished())?.exitCode));
  await sendLive(
    reply,
    logStream(run.openLog(), { stream, follow: true }, () => expectSuccess(run)),
  );
  return true;
}

/** Whether the stream has any bytes: resolves with the first byte, or with the end. Closes the log. */
export async function saysAnything(log: LogSource, stream: 'stdout' | 'stderr'): Promise<boolean> {
  for await (const _first of readStream(log, { stream, follow: true })) return true;
  return false;
}

/** Throws when the run fails, so that the connection is cut. */
async function expectSuccess(run: StreamedRun): Promise<void> {
  const row = await run.finished();
  if (!row?.success) throw new Error(`the run has failed: ${row?.error}`);
}
