// Sends a request to the server of this DATA_DIR through its socket, for the commands on this machine.
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { serverSocketName, socketPath } from '../model/socket-path.js';
import type { Settings } from '../settings/settings.js';

/** A server that does not answer within this time counts as stuck. */
const answerMs = 30_000;
/** The most bytes of an answer. */
const answerBytes = 16 * 2 ** 20;

export interface Asked {
  method?: string;
  path: string;
  /** The body of the request, sent as JSON. */
  body?: object;
}

/**
 * Returns the JSON of the answer; null when no server is running. Throws an Error in one line when the server cannot be asked, or
 * refuses.
 */
export async function askServer({ dataDir }: Pick<Settings, 'dataDir'>, asked: Asked): Promise<unknown> {
  const text = await exchange(dataDir, asked).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ENOTDIR') return null;
    const why = error.code === 'EACCES' ? 'the socket belongs to another user; run this command as the user of the server' : error.message;
    throw new Error(`the server on ${dataDir} cannot be reached through ${serverSocketName}: ${why}`);
  });
  return text === null ? null : JSON.parse(text || 'null');
}

async function exchange(dataDir: string, { method = 'GET', path, body }: Asked): Promise<string> {
  const socket = socketPath(dataDir, serverSocketName);
  try {
    const headers = body && { 'content-type': 'application/json' };
    const asking = request({ socketPath: socket.path, method, path, headers, timeout: answerMs, agent: false });
    asking.once('timeout', () => asking.destroy(new Error(`no answer within ${answerMs / 1000} s`)));
    asking.end(body && JSON.stringify(body));
    const answer = await answerOf(asking);
    const text = await textOf(answer);
    if ((answer.statusCode ?? 500) >= 400) throw new Error(refusalOf(text));
    return text;
  } finally {
    socket.release();
  }
}

function answerOf(asking: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => asking.once('response', resolve).once('error', reject));
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    bytes += chunk.length;
    if (bytes > answerBytes) throw new Error(`the answer has more than ${answerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** The sentence with which the server explains its refusal. */
function refusalOf(text: string): string {
  const { detail, error } = JSON.parse(text) as { detail?: string; error?: string };
  return detail ?? error ?? text;
}
